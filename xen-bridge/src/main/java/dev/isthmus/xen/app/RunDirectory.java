package dev.isthmus.xen.app;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Where the devices' journals are, and the lock by which there is one daemon only. */
final class RunDirectory implements AutoCloseable {
    /** How long a predecessor that was killed may take to be gone. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path path;
    private final OwnedFd lock;

    private RunDirectory(Path path, OwnedFd lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes it if it is not there, and locks it. */
    static RunDirectory open(Path path) throws IOException {
        return open(path, PATIENCE_NANOS);
    }

    static RunDirectory open(Path path, long patienceNanos) throws IOException {
        Files.createDirectories(path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        OwnedFd lock = FileIo.openOrCreate(path.resolve("lock").toString());
        long begun = System.nanoTime();
        while (!FileIo.tryLockExclusive(lock)) {
            if (System.nanoTime() - begun >= patienceNanos) {
                lock.close();
                throw new IOException("another isthmus-xen serves with " + path);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return new RunDirectory(path, lock);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        lock.close();
    }
}
