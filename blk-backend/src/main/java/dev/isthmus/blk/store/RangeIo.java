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
 */
final class RangeIo {
    /** Zeroes for all stores of the process; never written. */
    private static final MemorySegment ZEROES = Arena.global().allocate(256 * 1024, 4096);

    private static final int PUNCH_HOLE = FileIo.FALLOC_FL_PUNCH_HOLE | FileIo.FALLOC_FL_KEEP_SIZE;
    private static final int ZERO_RANGE = FileIo.FALLOC_FL_ZERO_RANGE | FileIo.FALLOC_FL_KEEP_SIZE;

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

    /**
     * 0 or {@code -errno}. Where the storage cannot free, nothing is done and that is a success: a discard says that
     * the driver does not need the data, not that it must be gone (virtio 1.3, 5.2.6.2), and a file system told UNSUPP
     * at run time gains nothing.
     */
    int discard(long offset, long length) {
        if (!canDiscard) {
            return 0;
        }
        int result = blockDevice ? retryDiscard(offset, length) : fallocate(PUNCH_HOLE, offset, length);
        if (StoreErrors.isUnsupported(result)) {
            canDiscard = false;
            return 0;
        }
        return result;
    }

    private int retryDiscard(long offset, long length) {
        int result;
        do {
            result = BlockDeviceIo.discard(fd, offset, length);
        } while (result == -Errno.EINTR);
        return result;
    }

    /** 0 or {@code -errno}. */
    int writeZeroes(long offset, long length, boolean mayUnmap, IoScratch scratch) {
        if (mayUnmap && canPunch) {
            int result = fallocate(PUNCH_HOLE, offset, length);
            if (!StoreErrors.isUnsupported(result)) {
                return result;
            }
            canPunch = false;
        }
        if (canZeroRange) {
            int result = blockDevice ? BlockDeviceIo.zeroOut(fd, offset, length)
                    : fallocate(ZERO_RANGE, offset, length);
            if (!StoreErrors.isUnsupported(result)) {
                return result;
            }
            canZeroRange = false;
        }
        return writeZeroBuffers(offset, length, scratch);
    }

    private int fallocate(int mode, long offset, long length) {
        int result;
        do {
            result = FileIo.fallocate(fd, mode, offset, length);
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
