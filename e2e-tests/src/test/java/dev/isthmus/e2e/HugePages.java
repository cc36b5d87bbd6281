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

    private final long before;
    private final Runnable undo = this::giveBack;

    private HugePages(long before) {
        this.before = before;
    }

    /** Reserves what a guest with this kind of memory needs, which may be nothing. */
    static HugePages reserveFor(Guest.Memory memory) throws IOException {
        var pages = new HugePages(count());
        if (memory == Guest.Memory.HUGETLB) {
            Leftovers.remember(pages.undo);
            long wanted = pages.before + Guest.MEMORY_MEBIBYTES / PAGE_MEBIBYTES;
            Files.writeString(COUNT, String.valueOf(wanted));
            if (count() < wanted) {
                long got = count();
                pages.close();
                throw new AssertionError("the machine has memory for " + got + " huge pages only, not for " + wanted);
            }
        }
        return pages;
    }

    private static long count() throws IOException {
        return Long.parseLong(Files.readString(COUNT).strip());
    }

    private void giveBack() {
        try {
            Files.writeString(COUNT, String.valueOf(before));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (count() != before) {
            giveBack();
        }
        Leftovers.forget(undo);
    }
}
