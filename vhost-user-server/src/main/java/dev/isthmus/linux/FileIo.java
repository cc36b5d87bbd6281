package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * Positioned, scattered file I/O and what else a disk image needs. Methods that return {@code long} or {@code int} give
 * a result or {@code -errno} and allocate nothing; {@code iovec} arguments are native addresses of {@code struct iovec}
 * (base u64, length u64).
 */
public final class FileIo {
    /** {@code IOV_MAX} of Linux: {@code UIO_MAXIOV} in include/uapi/linux/uio.h. */
    public static final int IOVEC_MAX = 1024;

    public static final int IOVEC_BYTES = 16;

    /** What one call moves at most: {@code MAX_RW_COUNT} in include/linux/fs.h. */
    public static final int TRANSFER_BYTES_MAX = 0x7ffff000;

    // include/uapi/linux/fs.h
    public static final int RWF_DSYNC = 2;
    public static final int RWF_NOWAIT = 8;

    // include/uapi/linux/falloc.h
    public static final int FALLOC_FL_KEEP_SIZE = 0x01;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x02;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;

    // include/uapi/linux/fs.h
    private static final int SEEK_DATA = 3;

    private static final int NEW_FILE_MODE = 0600;

    private FileIo() {}

    /** Opens an existing file; {@code direct} adds O_DIRECT. */
    public static OwnedFd open(String path, boolean readOnly, boolean direct) throws LinuxException {
        int flags = Constants.O_CLOEXEC | (readOnly ? Constants.O_RDONLY : Constants.O_RDWR)
                | (direct ? Constants.O_DIRECT : 0);
        return open(path, flags);
    }

    /** Opens a file for writing, made if it is not there, readable by its owner only. */
    public static OwnedFd openOrCreate(String path) throws LinuxException {
        return open(path, Constants.O_CLOEXEC | Constants.O_RDWR | Constants.O_CREAT);
    }

    private static OwnedFd open(String path, int flags) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.open(arena.allocateFrom(path).address(), flags, NEW_FILE_MODE);
            return OwnedFd.own((int) LinuxException.check(fd, "open " + path));
        }
    }

    /** {@code preadv2(2)}: may read less than asked, 0 at the end of the file. */
    public static long read(int fd, long iovec, int count, long offset, int flags) {
        return Libc.preadv2(fd, iovec, count, offset, flags);
    }

    /** {@code pwritev2(2)}: may write less than asked. */
    public static long write(int fd, long iovec, int count, long offset, int flags) {
        return Libc.pwritev2(fd, iovec, count, offset, flags);
    }

    public static int fdatasync(int fd) {
        return Libc.fdatasync(fd);
    }

    public static int fallocate(int fd, int mode, long offset, long length) {
        return Libc.fallocate(fd, mode, offset, length);
    }

    /**
     * Where the first data at {@code offset} or behind it begins, before which the file has a hole: {@code -ENXIO} if
     * no more is there; other errors where holes cannot be told. Moves the file's position.
     */
    public static long seekData(int fd, long offset) {
        return Libc.lseek(fd, offset, SEEK_DATA);
    }

    /** Takes an exclusive {@code flock(2)} without waiting: false when another open file has it. */
    public static boolean tryLockExclusive(OwnedFd fd) throws LinuxException {
        int result = Libc.flock(fd.number(), Constants.LOCK_EX | Constants.LOCK_NB);
        if (result == -Errno.EAGAIN) {
            return false;
        }
        LinuxException.check(result, "flock");
        return true;
    }
}
