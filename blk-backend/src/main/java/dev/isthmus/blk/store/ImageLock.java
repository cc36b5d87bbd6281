package dev.isthmus.blk.store;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OfdLock;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The locks QEMU, qemu-img and qemu-storage-daemon take on an image, so that they respect us and we them.
 *
 * <p>QEMU, block/file-posix.c, {@code RAW_LOCK_PERM_BASE}, {@code RAW_LOCK_SHARED_BASE} and {@code
 * raw_check_lock_bytes()}; the permissions are {@code BLK_PERM_*} of include/block/block-common.h. For permission
 * number {@code i} there are two bytes of the file:
 *
 * <pre>
 *   100 + i   locked shared by everyone who uses the permission
 *   200 + i   locked shared by everyone who does not let others use it
 * </pre>
 *
 * Everyone locks first and looks afterwards, so of two who come at the same time at least one sees the other.
 */
final class ImageLock {
    private static final long USED_BASE = 100;
    private static final long REFUSED_BASE = 200;

    private static final int CONSISTENT_READ = 0;
    private static final int WRITE = 1;
    private static final int PERMISSIONS = 4; // the others: 2 write unchanged, 3 resize

    private ImageLock() {}

    /**
     * Locks: we read, and write unless {@code readOnly}, and let nobody else write. Growing the image is left to
     * others. Looks before it locks, so that whoever tries again and again refuses nobody anything meanwhile.
     *
     * @return null when it is locked; otherwise how somebody else has the image, and nothing is locked
     */
    static @Nullable String tryAcquire(OwnedFd fd, Path path, boolean readOnly) throws IOException {
        try {
            String taken = useByOthers(fd, readOnly);
            if (taken != null) {
                return taken;
            }
            boolean locked = OfdLock.tryShared(fd, USED_BASE + CONSISTENT_READ, 1)
                    && (readOnly || OfdLock.tryShared(fd, USED_BASE + WRITE, 1))
                    && OfdLock.tryShared(fd, REFUSED_BASE + WRITE, 1);
            taken = locked ? useByOthers(fd, readOnly) : "is locked";
            if (taken != null) {
                release(fd);
            }
            return taken;
        } catch (LinuxException e) {
            throw new IOException("image " + path + " cannot be locked: " + e.getMessage()
                    + "; its file system may not know locks: switch locking off if nobody else uses the image", e);
        }
    }

    private static @Nullable String useByOthers(OwnedFd fd, boolean readOnly) throws LinuxException {
        if (OfdLock.isLockedByOther(fd, USED_BASE + WRITE, 1)) {
            return "is being written";
        }
        boolean refused = OfdLock.isLockedByOther(fd, REFUSED_BASE + CONSISTENT_READ, 1)
                || !readOnly && OfdLock.isLockedByOther(fd, REFUSED_BASE + WRITE, 1);
        if (!refused) {
            return null;
        }
        return readOnly ? "may not be read now: it is locked" : "may not be written now: it is locked";
    }

    private static void release(OwnedFd fd) throws LinuxException {
        OfdLock.unlock(fd, USED_BASE, PERMISSIONS);
        OfdLock.unlock(fd, REFUSED_BASE, PERMISSIONS);
    }
}
