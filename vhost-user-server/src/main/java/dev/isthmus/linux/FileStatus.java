package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * What {@code statx(2)} and {@code fstatfs(2)} tell about an open file.
 *
 * @param mode type and permission bits
 * @param device device number, {@code major << 32 | minor}
 * @param inode number of the inode
 * @param sizeBytes size of a regular file
 * @param allocatedBytes space it occupies
 * @param dioMemoryAlignBytes what O_DIRECT asks of a buffer's address; 0 when the kernel does not say
 * @param dioOffsetAlignBytes what O_DIRECT asks of offset and length; 0 when the kernel does not say
 * @param fileSystemMagic number of the file system's type, {@code include/uapi/linux/magic.h}
 * @param fileSystemBlockBytes its optimal block; on hugetlbfs the size of a huge page
 */
public record FileStatus(
        int mode,
        long device,
        long inode,
        long sizeBytes,
        long allocatedBytes,
        int dioMemoryAlignBytes,
        int dioOffsetAlignBytes,
        long fileSystemMagic,
        long fileSystemBlockBytes) {

    private static final long TMPFS_MAGIC = 0x01021994L;
    private static final long HUGETLBFS_MAGIC = 0x958458f6L;
    private static final int BASE_PAGE_BYTES = 4096;

    private static final int TYPE_MASK = 0xf000;
    private static final int TYPE_REGULAR = 0x8000;
    private static final int TYPE_BLOCK = 0x6000;
    private static final int TYPE_SOCKET = 0xc000;

    private static final int STATX_BYTES = 256;
    private static final int SIZE_OFFSET = 40;
    private static final int STATFS_BYTES = 120;

    /** Asks the kernel. */
    public static FileStatus of(OwnedFd fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long empty = arena.allocateFrom("").address();
            long x = arena.allocate(STATX_BYTES, Long.BYTES).address();
            LinuxException.check(
                    Libc.statx(fd.number(), empty, Constants.AT_EMPTY_PATH,
                            Constants.STATX_BASIC_STATS | Constants.STATX_DIOALIGN, x),
                    "statx");
            long fs = arena.allocate(STATFS_BYTES, Long.BYTES).address();
            LinuxException.check(Libc.fstatfs(fd.number(), fs), "fstatfs");
            return read(x, fs);
        }
    }

    /**
     * The size of a file as this machine knows it now. Asks no server (AT_STATX_DONT_SYNC, statx(2)), so a file system
     * that hangs holds nobody up.
     */
    public static long knownSizeBytes(OwnedFd fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long x = arena.allocate(STATX_BYTES, Long.BYTES).address();
            LinuxException.check(Libc.statx(fd.number(), arena.allocateFrom("").address(),
                    Constants.AT_EMPTY_PATH | Constants.AT_STATX_DONT_SYNC, Constants.STATX_SIZE, x), "statx");
            return HostMemory.u64(x + SIZE_OFFSET);
        }
    }

    /** Offsets: struct statx in include/uapi/linux/stat.h; struct statfs of 64-bit machines in asm-generic/statfs.h. */
    private static FileStatus read(long statx, long statfs) {
        long device = HostMemory.u32(statx + 136) << 32 | HostMemory.u32(statx + 140);
        long sectors = HostMemory.u64(statx + 48);
        return new FileStatus(
                HostMemory.u16(statx + 28),
                device,
                HostMemory.u64(statx + 32),
                HostMemory.u64(statx + SIZE_OFFSET),
                sectors * 512,
                (int) HostMemory.u32(statx + 152),
                (int) HostMemory.u32(statx + 156),
                HostMemory.u64(statfs),
                HostMemory.u64(statfs + 8));
    }

    public boolean isRegularFile() {
        return (mode & TYPE_MASK) == TYPE_REGULAR;
    }

    public boolean isBlockDevice() {
        return (mode & TYPE_MASK) == TYPE_BLOCK;
    }

    public boolean isSocket() {
        return (mode & TYPE_MASK) == TYPE_SOCKET;
    }

    /** Memory that can be shared with a guest: memfd, tmpfs and hugetlbfs. A memfd lives on one of the two. */
    public boolean isSharedMemory() {
        return fileSystemMagic == TMPFS_MAGIC || fileSystemMagic == HUGETLBFS_MAGIC;
    }

    public boolean isTmpfs() {
        return fileSystemMagic == TMPFS_MAGIC;
    }

    /** What mapping offsets and lengths must be multiples of. */
    public long pageBytes() {
        return fileSystemMagic == HUGETLBFS_MAGIC ? fileSystemBlockBytes : BASE_PAGE_BYTES;
    }
}
