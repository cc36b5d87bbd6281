package dev.isthmus.blk.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A block device made of a file. Needs root and losetup. */
final class LoopDevice implements AutoCloseable {
    private final Path path;

    private LoopDevice(Path path) {
        this.path = path;
    }

    static LoopDevice over(Path file, int sectorBytes, boolean readOnly) throws IOException {
        String sector = Integer.toString(sectorBytes);
        String device = readOnly
                ? Tool.mustRun("losetup", "--find", "--show", "--sector-size", sector, "--read-only", file.toString())
                : Tool.mustRun("losetup", "--find", "--show", "--sector-size", sector, file.toString());
        return new LoopDevice(Path.of(device));
    }

    Path path() {
        return path;
    }

    /** Takes over the size of the file behind it. */
    void resize() throws IOException {
        Tool.mustRun("losetup", "--set-capacity", path.toString());
    }

    /** Flush requests completed since the device was made: field 16, Documentation/block/stat.rst. */
    long flushes() {
        try {
            String stat = Files.readString(Path.of("/sys/block", path.getFileName().toString(), "stat"));
            return Long.parseLong(stat.strip().split("\\s+", -1)[15]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Tool.mustRun("losetup", "--detach", path.toString());
    }
}
