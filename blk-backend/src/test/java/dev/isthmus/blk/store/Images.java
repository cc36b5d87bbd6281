package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Image files of tests. */
final class Images {
    private Images() {}

    static Path sparse(Path directory, String name, long sizeBytes) {
        Path path = directory.resolve(name);
        resize(path, sizeBytes);
        return path;
    }

    /** Makes it if it is not there. */
    static void resize(Path path, long sizeBytes) {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(sizeBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Space the file takes on its disk, in bytes. */
    static long allocatedBytes(Path path) throws IOException {
        try (OwnedFd fd = FileIo.open(path.toString(), true, false)) {
            return FileStatus.of(fd).allocatedBytes();
        }
    }
}
