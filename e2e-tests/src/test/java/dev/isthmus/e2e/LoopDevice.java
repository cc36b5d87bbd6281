package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A loop device with direct I/O over a sparse file in memory; detached, and its file removed, when closed. */
final class LoopDevice implements AutoCloseable {

    /**
     * In /sys/block/NAME/stat, the number of flush requests that ended, counted from 0
     * (Linux, Documentation/block/stat.rst: fields 16 and 17 are flush I/Os and flush ticks).
     */
    private static final int FLUSH_FIELD = 15;

    private final Path device;
    private final Path file;
    private final Runnable undo = this::detach;

    private LoopDevice(Path device, Path file) {
        this.device = device;
        this.file = file;
        Leftovers.remember(undo);
    }

    static LoopDevice ofBytes(long bytes) throws IOException, InterruptedException {
        Path file = Files.createTempFile(MemoryDirectory.FILES, "isthmus-e2e-", ".img");
        try {
            Images.resize(file, bytes);
            String device = Host.run("losetup", "--find", "--show", "--direct-io=on", file.toString());
            return new LoopDevice(Path.of(device), file);
        } catch (IOException | InterruptedException | AssertionError e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    Path device() {
        return device;
    }

    /** How many flush requests the kernel has sent to the device and seen answered. */
    long flushes() throws IOException {
        String[] fields = Files.readString(Path.of("/sys/block", device.getFileName().toString(), "stat")).strip()
                .split("\\s+", -1);
        return Long.parseLong(fields[FLUSH_FIELD]);
    }

    private void detach() {
        try {
            Host.undo("losetup", "--detach", device.toString());
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        detach();
        Leftovers.forget(undo);
    }
}
