package dev.isthmus.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Disk images on the host. */
final class Images {

    static final long MEBIBYTE = 1L << 20;

    private Images() {
    }

    /** A new image that occupies nothing yet. */
    static Path sparse(Path file, long bytes) throws IOException {
        resize(file, bytes);
        return file;
    }

    static void resize(Path file, long bytes) throws IOException {
        try (var image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(bytes);
        }
    }

    /** Bytes the image occupies on the host's disk. */
    static long allocatedBytes(Path file) throws IOException, InterruptedException {
        // stat(2): st_blocks counts units of 512 bytes, whatever the file system's block size.
        return Long.parseLong(Host.run("stat", "--format=%b", file.toString())) * 512;
    }

    /** Fails unless the ext4 file system on the image is clean. */
    static void assertCleanExt4(Path image) throws IOException, InterruptedException {
        Host.run("fsck.ext4", "-fn", image.toString());
    }
}
