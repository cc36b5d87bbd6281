package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;

/**
 * O_DIRECT for buffers that are aligned to less than the storage asks: virtio lets a driver place data at any byte
 * (virtio 1.3, 2.7.4).
 *
 * <p>Called by a store thread with its own scratch.
 */
final class Bounce {
    private Bounce() {}

    /** Whether all buffers begin and end where O_DIRECT wants them to. */
    static boolean isAligned(long iovec, int count, int alignmentBytes) {
        long bits = 0;
        for (int i = 0; i < count; i++) {
            long entry = iovec + (long) i * FileIo.IOVEC_BYTES;
            bits |= HostMemory.u64(entry) | HostMemory.u64(entry + 8);
        }
        return (bits & (alignmentBytes - 1)) == 0;
    }

    /** Reads by way of the bounce buffer. 0 or {@code -errno}. */
    static int read(int fd, StoreRequest request, IoScratch scratch) {
        long entry = request.iovecAddress();
        long done = 0;
        while (done < request.lengthBytes()) {
            long chunk = Math.min(request.lengthBytes() - done, IoScratch.BOUNCE_BYTES);
            int result = Transfer.read(fd, whole(scratch, chunk), 1, request.offsetBytes() + done, chunk);
            if (result < 0) {
                return result;
            }
            entry = copy(entry, scratch.bounce(), chunk, false);
            done += chunk;
        }
        return 0;
    }

    /** Writes by way of the bounce buffer. 0 or {@code -errno}. */
    static int write(int fd, StoreRequest request, IoScratch scratch) {
        long entry = request.iovecAddress();
        long done = 0;
        while (done < request.lengthBytes()) {
            long chunk = Math.min(request.lengthBytes() - done, IoScratch.BOUNCE_BYTES);
            entry = copy(entry, scratch.bounce(), chunk, true);
            int result = Transfer.write(fd, whole(scratch, chunk), 1, request.offsetBytes() + done, chunk);
            if (result < 0) {
                return result;
            }
            done += chunk;
        }
        return 0;
    }

    /** One iovec over the first {@code length} bytes of the bounce buffer. */
    private static long whole(IoScratch scratch, long length) {
        HostMemory.putU64(scratch.iovecs(), scratch.bounce());
        HostMemory.putU64(scratch.iovecs() + 8, length);
        return scratch.iovecs();
    }

    /**
     * Copies between the buffers and {@code linear} and takes those bytes off the iovec array; returns the entry to go
     * on with.
     */
    private static long copy(long firstEntry, long linear, long length, boolean fromBuffers) {
        long entry = firstEntry;
        long done = 0;
        while (done < length) {
            long base = HostMemory.u64(entry);
            long size = HostMemory.u64(entry + 8);
            long n = Math.min(size, length - done);
            if (fromBuffers) {
                HostMemory.copy(base, linear + done, n);
            } else {
                HostMemory.copy(linear + done, base, n);
            }
            done += n;
            HostMemory.putU64(entry, base + n);
            HostMemory.putU64(entry + 8, size - n);
            if (n == size) {
                entry += FileIo.IOVEC_BYTES;
            }
        }
        return entry;
    }
}
