package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;

/**
 * Goes through a request's buffers from the first byte to the last. Confined to a thread; used for one request after
 * another.
 *
 * <p>The only place of this package that touches guest memory, by copies alone.
 */
final class GuestCursor {
    private long entry;
    private int left;
    private long base;
    private long size;

    void begin(StoreRequest request) {
        entry = request.iovecAddress();
        left = request.iovecCount();
        size = 0;
    }

    /** Copies the next {@code length} bytes of the buffers to {@code to}. */
    void copyOut(long to, long length) {
        long done = 0;
        while (done < length) {
            long n = piece(length - done);
            HostMemory.copy(base, to + done, n);
            done += advance(n);
        }
    }

    /** Copies {@code length} bytes at {@code from} into the buffers. */
    void copyIn(long from, long length) {
        long done = 0;
        while (done < length) {
            long n = piece(length - done);
            HostMemory.copy(from + done, base, n);
            done += advance(n);
        }
    }

    /** Fills the next {@code length} bytes of the buffers with zeroes. */
    void zero(long length) {
        long done = 0;
        while (done < length) {
            long n = piece(length - done);
            HostMemory.zero(base, n);
            done += advance(n);
        }
    }

    /** How much of {@code wanted} lies in one piece at {@link #base}. */
    private long piece(long wanted) {
        while (size == 0) {
            if (left == 0) {
                throw new IllegalArgumentException("iovec array holds fewer bytes than the request");
            }
            base = HostMemory.u64(entry);
            size = HostMemory.u64(entry + Long.BYTES);
            entry += FileIo.IOVEC_BYTES;
            left--;
        }
        return Math.min(size, wanted);
    }

    private long advance(long n) {
        base += n;
        size -= n;
        return n;
    }
}
