package dev.isthmus.blk.store;

import dev.isthmus.linux.BlockDeviceIo;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * DISCARD and WRITE_ZEROES of an open image: tries the cheapest way, and remembers what the storage cannot do. Any
 * number of threads.
 *
 * <pre>
 *                       file                                      block device
 *   DISCARD             PUNCH_HOLE                                BLKDISCARD
 *   WRITE_ZEROES unmap  PUNCH_HOLE ─► ZERO_RANGE ─► zeroes        PUNCH_HOLE ─► BLKZEROOUT
 *   WRITE_ZEROES        ZERO_RANGE ─► zeroes                      BLKZEROOUT
 * </pre>
 *
 * <p>Where the storage cannot free, DISCARD does nothing and that is a success: a discard says that the driver does not
 * need the data, not that it must be gone (virtio 1.3, 5.2.6.2), and a file system told UNSUPP at run time gains
 * nothing.
 */
final class RangeIo {
    /** Zeroes for all stores of the process; never written. */
    private static final MemorySegment ZEROES = Arena.global().allocate(256 * 1024, 4096);

    private final int fd;
    private final boolean blockDevice;
    private volatile boolean canDiscard;
    private volatile boolean canPunch;
    private volatile boolean canZeroRange;

    /** {@code mayFree} false: DISCARD does nothing and WRITE_ZEROES keeps the space allocated. */
    RangeIo(OwnedFd fd, boolean blockDevice, boolean mayFree) {
        this.fd = fd.number();
        this.blockDevice = blockDevice;
        this.canDiscard = mayFree;
        this.canPunch = mayFree;
        this.canZeroRange = true;
    }

    /** Whether DISCARD frees anything, as far as known. */
    boolean canDiscard() {
        return canDiscard;
    }

    /** Whether WRITE_ZEROES is cheaper than writing, as far as known. */
    boolean canWriteZeroes() {
        return canPunch || canZeroRange;
    }

    /** How a range is changed. */
    enum Way {
        NOTHING(0), PUNCH_HOLE(FileIo.FALLOC_FL_PUNCH_HOLE | FileIo.FALLOC_FL_KEEP_SIZE),
        ZERO_RANGE(FileIo.FALLOC_FL_ZERO_RANGE | FileIo.FALLOC_FL_KEEP_SIZE), BLOCK_DISCARD(0), BLOCK_ZERO_OUT(0),
        ZERO_BUFFERS(0);

        private final int mode;

        Way(int mode) {
            this.mode = mode;
        }

        boolean isFallocate() {
            return mode != 0;
        }

        /** Of fallocate(2). */
        int mode() {
            return mode;
        }
    }

    /** The way to try now. */
    Way way(StoreOperation operation, boolean mayUnmap) {
        if (operation == StoreOperation.DISCARD) {
            return !canDiscard ? Way.NOTHING : blockDevice ? Way.BLOCK_DISCARD : Way.PUNCH_HOLE;
        }
        if (mayUnmap && canPunch) {
            return Way.PUNCH_HOLE;
        }
        return !canZeroRange ? Way.ZERO_BUFFERS : blockDevice ? Way.BLOCK_ZERO_OUT : Way.ZERO_RANGE;
    }

    /** Whether another way is to be tried, since the storage does not know this one. */
    boolean wantsAnotherWay(StoreOperation operation, Way tried, int result) {
        if (!StoreErrors.isUnsupported(result) || tried == Way.ZERO_BUFFERS) {
            return false;
        }
        if (operation == StoreOperation.DISCARD) {
            canDiscard = false;
        } else if (tried == Way.PUNCH_HOLE) {
            canPunch = false;
        } else {
            canZeroRange = false;
        }
        return true;
    }

    /** 0 or {@code -errno}. */
    int change(StoreOperation operation, long offset, long length, boolean mayUnmap, IoScratch scratch) {
        while (true) { // each way is tried once
            Way way = way(operation, mayUnmap);
            int result = change(way, offset, length, scratch);
            if (!wantsAnotherWay(operation, way, result)) {
                return result;
            }
        }
    }

    private int change(Way way, long offset, long length, IoScratch scratch) {
        int result;
        do {
            result = switch (way) {
                case NOTHING -> 0;
                case PUNCH_HOLE, ZERO_RANGE -> FileIo.fallocate(fd, way.mode(), offset, length);
                case BLOCK_DISCARD -> BlockDeviceIo.discard(fd, offset, length);
                case BLOCK_ZERO_OUT -> BlockDeviceIo.zeroOut(fd, offset, length);
                case ZERO_BUFFERS -> writeZeroBuffers(offset, length, scratch);
            };
        } while (result == -Errno.EINTR);
        return result;
    }

    private int writeZeroBuffers(long offset, long length, IoScratch scratch) {
        long done = 0;
        while (done < length) {
            int count = 0;
            long chunk = 0;
            while (count < IoScratch.IOVECS && done + chunk < length) {
                long n = Math.min(ZEROES.byteSize(), length - done - chunk);
                long entry = scratch.iovecs() + (long) count * FileIo.IOVEC_BYTES;
                HostMemory.putU64(entry, ZEROES.address());
                HostMemory.putU64(entry + 8, n);
                chunk += n;
                count++;
            }
            int result = Transfer.write(fd, scratch.iovecs(), count, offset + done, chunk);
            if (result < 0) {
                return result;
            }
            done += chunk;
        }
        return 0;
    }
}
