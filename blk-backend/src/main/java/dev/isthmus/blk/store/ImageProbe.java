package dev.isthmus.blk.store;

import dev.isthmus.linux.BlockDeviceIo;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Asks the kernel what an open image is and can do. Reads only, takes no lock. */
final class ImageProbe {
    private static final int PAGE_BYTES = 4096;
    /** Larger "optimal blocks" (network file systems) say nothing about read-modify-write. */
    private static final int PHYSICAL_BLOCK_BYTES_MAX = 64 * 1024;

    private ImageProbe() {}

    /** {@code fd} was opened with O_DIRECT if the options say so. */
    static Image probe(OwnedFd fd, FileStoreOptions options) throws IOException {
        FileStatus status = FileStatus.of(fd);
        int alignment = options.direct() ? directAlignment(fd, status, options.path()) : 1;
        BlockLimits limits = status.isBlockDevice() ? ofBlockDevice(fd, options) : ofFile(status, options, alignment);
        boolean inMemory = status.isRegularFile() && status.isTmpfs();
        int memoryAlignment = Math.max(alignment, status.dioMemoryAlignBytes());
        return new Image(options.path(), status.isBlockDevice(), inMemory, options.direct(), memoryAlignment, limits);
    }

    private static BlockLimits ofBlockDevice(OwnedFd fd, FileStoreOptions options) throws IOException {
        if (BlockDeviceIo.isReadOnly(fd) && !options.readOnly()) {
            throw new IOException("image " + options.path() + " is a read-only block device: use it read-only");
        }
        int logical = BlockDeviceIo.logicalBlockBytes(fd);
        int physical = Math.max(BlockDeviceIo.physicalBlockBytes(fd), logical);
        int optimal = BlockDeviceIo.optimalIoBytes(fd);
        DiscardAbility discard = DiscardAbility.ofBlockDevice(options.path(), logical);
        return new BlockLimits(
                checkedSize(options.path(), BlockDeviceIo.sizeBytes(fd), logical),
                logical, physical, optimal > 0 && optimal % logical == 0 ? optimal : 0, options.readOnly(),
                options.discard() && !options.readOnly() && discard.supported(), !options.readOnly(),
                discard.granularityBytes());
    }

    /**
     * Through the page cache any sector will do. With O_DIRECT the file system's alignment is the logical block, since
     * a smaller write would be a read-modify-write that nothing orders against its neighbours.
     */
    private static BlockLimits ofFile(FileStatus status, FileStoreOptions options, int alignment) throws IOException {
        int logical = Math.max(BlockLimits.SECTOR_BYTES, alignment);
        long block = status.fileSystemBlockBytes();
        boolean usable = Long.bitCount(block) == 1 && block >= logical && block <= PHYSICAL_BLOCK_BYTES_MAX;
        int physical = usable ? (int) block : Math.max(PAGE_BYTES, logical);
        boolean writable = !options.readOnly();
        return new BlockLimits(checkedSize(options.path(), status.sizeBytes(), logical), logical, physical, 0,
                options.readOnly(), options.discard() && writable, writable, physical);
    }

    /**
     * A last part of a sector is refused. Rounding down hides data the image holds; rounding up (QEMU does) lets the
     * guest write where nothing is, so the image grows under the one who copies it.
     */
    private static long checkedSize(Path path, long sizeBytes, int logicalBlockBytes) throws IOException {
        if (sizeBytes == 0) {
            throw new IOException("image " + path + " is empty: give it a size, for instance with truncate -s 10G "
                    + path);
        }
        if (sizeBytes % logicalBlockBytes != 0) {
            throw new IOException("image " + path + " has " + sizeBytes + " bytes, which is no multiple of "
                    + logicalBlockBytes + ": round it up with truncate -s %" + logicalBlockBytes + " " + path);
        }
        return sizeBytes;
    }

    /** What O_DIRECT asks of offsets, lengths and (at least) addresses. */
    private static int directAlignment(OwnedFd fd, FileStatus status, Path path) throws IOException {
        int alignment = status.dioOffsetAlignBytes();
        if (alignment == 0) {
            alignment = status.isBlockDevice() ? BlockDeviceIo.logicalBlockBytes(fd) : triedAlignment(fd, path);
        }
        if (Integer.bitCount(alignment) != 1 || alignment > PAGE_BYTES) {
            throw new IOException("image " + path + " is on a file system that asks O_DIRECT for blocks of " + alignment
                    + " bytes: use it without O_DIRECT");
        }
        return Math.max(alignment, BlockLimits.SECTOR_BYTES);
    }

    /** Kernels before 6.1 and some file systems do not tell: a read of a sector does. */
    private static int triedAlignment(OwnedFd fd, Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long buffer = arena.allocate(2 * PAGE_BYTES, PAGE_BYTES).address();
            long iovec = arena.allocate(FileIo.IOVEC_BYTES, Long.BYTES).address();
            // Not at the start of a page, or an address that is aligned by chance would pass for one that needs no
            // alignment.
            HostMemory.putU64(iovec, buffer + BlockLimits.SECTOR_BYTES);
            HostMemory.putU64(iovec + 8, BlockLimits.SECTOR_BYTES);
            long result = FileIo.read(fd.number(), iovec, 1, BlockLimits.SECTOR_BYTES, 0);
            if (result >= 0) {
                return BlockLimits.SECTOR_BYTES;
            }
            if (result == -Errno.EINVAL) {
                return PAGE_BYTES;
            }
            throw new IOException("image " + path + " cannot be read: " + Errno.describe((int) -result));
        }
    }

    /** The one sentence for an image that cannot be opened. */
    static IOException cannotOpen(FileStoreOptions options, LinuxException e) {
        String why = switch (e.errno()) {
            case Errno.EACCES, Errno.EPERM -> "may not be opened for " + (options.readOnly() ? "reading" : "writing")
                    + ": " + Errno.describe(e.errno()) + "; change its permissions"
                    + (options.readOnly() ? "" : " or use it read-only");
            case Errno.EROFS -> "is on a read-only file system: use it read-only";
            case Errno.EINVAL -> options.direct()
                    ? "is on a file system without O_DIRECT: use it without"
                    : "cannot be opened: Invalid argument";
            default -> "cannot be opened: " + Errno.describe(e.errno());
        };
        return new IOException("image " + options.path() + " " + why, e);
    }
}
