package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** ioctls of a host block device: {@code include/uapi/linux/fs.h}. */
public final class BlockDeviceIo {
    private static final long BLKROGET = 0x125e;
    private static final long BLKSSZGET = 0x1268;
    private static final long BLKDISCARD = 0x1277;
    private static final long BLKIOOPT = 0x1279;
    private static final long BLKPBSZGET = 0x127b;
    private static final long BLKZEROOUT = 0x127f;
    private static final long BLKGETSIZE64 = 0x80081272L;

    /**
     * The argument of BLKDISCARD and BLKZEROOUT: offset u64, length u64; one per thread, so that a request allocates
     * nothing.
     */
    private static final ThreadLocal<MemorySegment> RANGE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, Long.BYTES));

    private BlockDeviceIo() {}

    public static long sizeBytes(OwnedFd fd) throws LinuxException {
        return get(fd, BLKGETSIZE64, "BLKGETSIZE64");
    }

    public static int logicalBlockBytes(OwnedFd fd) throws LinuxException {
        return (int) get(fd, BLKSSZGET, "BLKSSZGET");
    }

    public static int physicalBlockBytes(OwnedFd fd) throws LinuxException {
        return (int) get(fd, BLKPBSZGET, "BLKPBSZGET");
    }

    /** Best size of a long I/O; 0 when there is none. */
    public static int optimalIoBytes(OwnedFd fd) throws LinuxException {
        return (int) get(fd, BLKIOOPT, "BLKIOOPT");
    }

    public static boolean isReadOnly(OwnedFd fd) throws LinuxException {
        return get(fd, BLKROGET, "BLKROGET") != 0;
    }

    /** Frees a range; what it reads as afterwards is undefined. Result or {@code -errno}. */
    public static int discard(int fd, long offset, long length) {
        return range(fd, BLKDISCARD, offset, length);
    }

    /** Zeroes a range, by the device's own means where it has them. Result or {@code -errno}. */
    public static int zeroOut(int fd, long offset, long length) {
        return range(fd, BLKZEROOUT, offset, length);
    }

    private static int range(int fd, long request, long offset, long length) {
        long range = RANGE.get().address();
        HostMemory.putU64(range, offset);
        HostMemory.putU64(range + 8, length);
        return Libc.ioctl(fd, request, range);
    }

    /** The buffer is zeroed, so an ioctl that stores an int reads right as a long. */
    private static long get(OwnedFd fd, long request, String name) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Long.BYTES, Long.BYTES).address();
            LinuxException.check(Libc.ioctl(fd.number(), request, value), name);
            return HostMemory.u64(value);
        }
    }
}
