package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * Open file description locks (fcntl(2)): advisory locks on bytes of a file that belong to the open file, so that
 * closing some other descriptor of the same file does not drop them, as it does with POSIX locks.
 */
public final class OfdLock {
    /** {@code struct flock} of 64-bit machines (asm-generic/fcntl.h): type 0, whence 2, start 8, len 16, pid 24. */
    private static final int FLOCK_BYTES = 32;

    private OfdLock() {}

    /** Takes a shared lock on bytes that no one may have locked exclusively: false when someone has. */
    public static boolean tryShared(OwnedFd fd, long start, long length) throws LinuxException {
        return set(fd, Constants.F_RDLCK, start, length);
    }

    /** Releases. */
    public static void unlock(OwnedFd fd, long start, long length) throws LinuxException {
        set(fd, Constants.F_UNLCK, start, length);
    }

    /**
     * Whether someone else holds any lock on these bytes, shared ones included. Needs no write permission on the file.
     */
    public static boolean isLockedByOther(OwnedFd fd, long start, long length) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long flock = flock(arena, Constants.F_WRLCK, start, length);
            LinuxException.check(Libc.fcntl(fd.number(), Constants.F_OFD_GETLK, flock), "fcntl(F_OFD_GETLK)");
            return (short) HostMemory.u16(flock) != Constants.F_UNLCK;
        }
    }

    private static boolean set(OwnedFd fd, short type, long start, long length) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            int result = Libc.fcntl(fd.number(), Constants.F_OFD_SETLK, flock(arena, type, start, length));
            if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
                return false;
            }
            LinuxException.check(result, "fcntl(F_OFD_SETLK)");
            return true;
        }
    }

    private static long flock(Arena arena, short type, long start, long length) {
        long flock = arena.allocate(FLOCK_BYTES, Long.BYTES).address();
        HostMemory.putU16(flock, type);
        HostMemory.putU64(flock + 8, start);
        HostMemory.putU64(flock + 16, length);
        return flock;
    }
}
