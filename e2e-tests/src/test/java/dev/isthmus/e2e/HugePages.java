package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pages of 2 MiB reserved for a guest's memory, and given back when closed. */
final class HugePages implements AutoCloseable {

    /** Not vm.nr_hugepages: files of /proc/sys answer one read only, and Java begins a file of size 0 by a byte. */
    private static final Path COUNT = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
    private static final int PAGE_MEBIBYTES = 2;

    private final long reserved;
    private final Runnable undo = this::giveBack;

    private HugePages(long reserved) {
        this.reserved = reserved;
    }

    /** Reserves what a guest with this kind of memory needs, which may be nothing, beside what others have reserved. */
    static HugePages reserveFor(Guest.Memory memory) throws IOException {
        if (memory != Guest.Memory.HUGETLB) {
            return new HugePages(0);
        }
        long wanted = Guest.MEMORY_MEBIBYTES / PAGE_MEBIBYTES;
        long before = count();
        Files.writeString(COUNT, String.valueOf(before + wanted));
        var pages = new HugePages(count() - before);
        Leftovers.remember(pages.undo);
        if (pages.reserved < wanted) {
            pages.close();
            throw new AssertionError("memory for " + pages.reserved + " huge pages, not for " + wanted);
        }
        return pages;
    }

    private static long count() throws IOException {
        return Long.parseLong(Files.readString(COUNT).strip());
    }

    /** Takes away what was added, not back to what was there before: another test run may use huge pages too. */
    private void giveBack() {
        try {
            Files.writeString(COUNT, String.valueOf(Math.max(0, count() - reserved)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (reserved > 0) {
            giveBack();
        }
        Leftovers.forget(undo);
    }
}
