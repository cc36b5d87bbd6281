package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Directories of those who make a volume or delete one. Who makes one holds its {@code lock} as long as it lasts, so
 * what nobody holds was interrupted.
 */
final class LeftOvers {
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private LeftOvers() {}

    /** While it is open, the directory is somebody's. */
    record Mark(OwnedFd fd) implements AutoCloseable {
        @Override
        public void close() {
            fd.close();
        }
    }

    static Mark mark(VolumePaths made) throws IOException {
        OwnedFd fd = FileIo.openOrCreate(made.lock().toString());
        FileIo.tryLockExclusive(fd);
        return new Mark(fd);
    }

    /** Deletes what was interrupted in a directory of volumes. */
    static void sweep(Path directory) throws IOException {
        for (Path entry : Trees.list(directory)) {
            String name = entry.getFileName().toString();
            boolean over = name.startsWith(Volumes.GONE) || name.startsWith(Volumes.NEW) && isOld(entry);
            if (over && !VolumeLock.isTaken(entry.resolve("lock"))) {
                Trees.delete(entry);
            }
        }
    }

    /** Whether its maker has had the time to lock it. */
    private static boolean isOld(Path made) throws IOException {
        try {
            return Files.getLastModifiedTime(made).toInstant().isBefore(Instant.now().minus(YOUNG));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
