package dev.isthmus.blk.store;

import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks the image of one store, and waits a while for whoever has it.
 *
 * <p>A lock belongs to the open file (fcntl(2), "Open file description locks"), which lives as long as a request that
 * was handed to the kernel. So a process that was killed has its lock until the last of its writes has left the kernel,
 * and no successor writes before. Mostly that is a matter of milliseconds.
 *
 * <p>One control thread, as {@link BlockStore#activate} says.
 */
final class PatientLock {
    /** A front-end may be blocked in a message that is not answered meanwhile, and its guest with it. */
    static final Duration PATIENCE = Duration.ofMillis(800);

    private static final Logger LOG = LoggerFactory.getLogger(PatientLock.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String deviceName;
    private final FileStoreOptions options;
    private final Duration patience;
    /** Whether the log says that we wait: a front-end that comes again each second brings no second line. */
    private boolean said;

    PatientLock(String deviceName, FileStoreOptions options, Duration patience) {
        this.deviceName = deviceName;
        this.options = options;
        this.patience = patience;
    }

    /**
     * Locks, unless locking is switched off.
     *
     * @throws IOException when somebody has the image all this time; nothing is locked then
     */
    void acquire(OwnedFd fd) throws IOException {
        if (!options.locking()) {
            return;
        }
        long begin = System.nanoTime();
        String taken = tryAcquire(fd);
        if (taken != null) {
            sayOnce(taken);
        }
        while (taken != null && System.nanoTime() - begin < patience.toNanos()) {
            LockSupport.parkNanos(LOOK_NANOS);
            taken = tryAcquire(fd);
        }
        if (taken != null) {
            throw new IOException("image " + options.path() + " " + taken
                    + " by another process (QEMU, qemu-storage-daemon or another back-end): end that one first;"
                    + " one that was killed lets go when its last request has left the kernel");
        }
        if (said) {
            said = false;
            LOG.info("{}: image {} is free now", deviceName, options.path());
        }
    }

    private @Nullable String tryAcquire(OwnedFd fd) throws IOException {
        return ImageLock.tryAcquire(fd, options.path(), options.readOnly());
    }

    private void sayOnce(String taken) {
        if (!said) {
            said = true;
            LOG.info("{}: image {} {} by another process; waits for it", deviceName, options.path(), taken);
        }
    }
}
