package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OwnedFd;

/**
 * What can be answered on the vring worker without blocking it: nothing is faster for data in the page cache. Any
 * number of threads.
 *
 * <p>RWF_NOWAIT (preadv2(2)) gives what is in the page cache and EAGAIN for the rest. File systems that do not know it
 * say EOPNOTSUPP, separately for reads and writes (ext4 knows reads only, tmpfs neither); that is remembered. tmpfs is
 * never slower than the page cache, so it needs no flag. O_DIRECT waits for the disk whatever the flags: never here.
 */
final class InlineIo {
    /** Copying more than this takes longer than a hand-over costs, and keeps the worker from its other rings. */
    private static final long LENGTH_BYTES_MAX = 256 * 1024;

    private final int fd;
    private final StoreErrors errors;
    private final ImageEnd end;
    private final boolean readOnly;
    private final int flags;
    private volatile boolean reads;
    private volatile boolean writes;

    InlineIo(OwnedFd fd, Image image, StoreErrors errors, ImageEnd end) {
        this.fd = fd.number();
        this.errors = errors;
        this.end = end;
        this.readOnly = image.limits().readOnly();
        this.flags = image.inMemory() ? 0 : FileIo.RWF_NOWAIT;
        this.reads = image.inMemory() || !image.direct();
        this.writes = reads;
    }

    /** Whether the request was completed. If not, nothing has happened that doing it anew would not repeat. */
    boolean tryComplete(StoreRequest request) {
        StoreOperation operation = request.operation();
        if (readOnly && operation != StoreOperation.READ) {
            // Nothing was written, so there is nothing to flush.
            request.complete(operation == StoreOperation.FLUSH ? StoreResult.OK : StoreResult.READ_ONLY);
            return true;
        }
        if (end.isPassedBy(request)) {
            request.complete(errors.resultOf(operation, -Transfer.ENODATA));
            return true;
        }
        return switch (operation) {
            case READ -> reads && small(request) && tryRead(request);
            case WRITE -> writes && small(request) && !request.durable() && tryWrite(request);
            case FLUSH, DISCARD, WRITE_ZEROES -> false;
        };
    }

    private static boolean small(StoreRequest request) {
        return request.lengthBytes() <= LENGTH_BYTES_MAX && request.iovecCount() <= FileIo.IOVEC_MAX;
    }

    /** A part is not enough: the whole is read again by a store thread, which is rare and simple. */
    private boolean tryRead(StoreRequest request) {
        long moved = FileIo.read(fd, request.iovecAddress(), request.iovecCount(), request.offsetBytes(), flags);
        if (moved == -Errno.EOPNOTSUPP) {
            reads = false;
        }
        return completed(request, moved);
    }

    private boolean tryWrite(StoreRequest request) {
        long moved = FileIo.write(fd, request.iovecAddress(), request.iovecCount(), request.offsetBytes(), flags);
        if (moved == -Errno.EOPNOTSUPP) {
            writes = false;
        }
        return completed(request, moved);
    }

    private boolean completed(StoreRequest request, long moved) {
        if (moved != request.lengthBytes()) {
            return false;
        }
        request.complete(errors.resultOf(request.operation(), 0));
        return true;
    }
}
