package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A volume in use: an exclusive {@code flock(2)} on its file {@code lock}, which says by whom. The kernel lets go when
 * the process ends, however it ends.
 *
 * <p>Not RocksDB's own lock, which is one of POSIX, says nothing, and is there only while RocksDB is.
 */
final class VolumeLock implements AutoCloseable {
    /** For a predecessor that was killed and is still leaving the kernel. */
    static final Duration PATIENCE = Duration.ofMillis(800);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int PID_BYTES_MAX = 20;

    private final OwnedFd fd;

    private VolumeLock(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Locks.
     *
     * @throws VolumeException naming the process that has the volume all this time
     */
    static VolumeLock acquire(VolumePaths volume, Duration patience) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            OwnedFd fd = open(volume);
            if (tryLock(fd, volume.lock())) {
                Files.writeString(volume.lock(), ProcessHandle.current().pid() + "\n");
                return new VolumeLock(fd);
            }
            fd.close();
            if (System.nanoTime() - begin >= patience.toNanos()) {
                throw new VolumeException("volume " + volume.name() + " is in use by process " + owner(volume.lock()));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static OwnedFd open(VolumePaths volume) throws IOException {
        if (!volume.exists()) {
            throw new VolumeException("volume " + volume.directory() + " does not exist");
        }
        try {
            return FileIo.openOrCreate(volume.lock().toString());
        } catch (LinuxException e) {
            throw new VolumeException("volume " + volume.name() + " cannot be locked: " + e.getMessage(), e);
        }
    }

    /** False also if the file was deleted, with its volume, while it was opened. */
    private static boolean tryLock(OwnedFd fd, Path path) throws IOException {
        if (!FileIo.tryLockExclusive(fd)) {
            return false;
        }
        try {
            return FileStatus.of(fd).inode() == (long) Files.getAttribute(path, "unix:ino");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether somebody has it now; and a guess who. */
    static boolean isTaken(Path path) throws IOException {
        if (!Files.exists(path)) {
            return false;
        }
        try (OwnedFd fd = FileIo.open(path.toString(), true, false)) {
            return !FileIo.tryLockExclusive(fd);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static String owner(Path path) {
        try {
            String text = new String(Files.readAllBytes(path), StandardCharsets.US_ASCII).strip();
            return text.matches("\\d{1," + PID_BYTES_MAX + "}") ? text : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
