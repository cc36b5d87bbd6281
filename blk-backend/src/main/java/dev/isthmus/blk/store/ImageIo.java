package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OwnedFd;

/**
 * Carries requests out on an open image, on the calling thread. Any number of threads.
 *
 * <p>Durability: a FLUSH is {@code fdatasync}, which covers all that reached the page cache or the device before it was
 * called, and so all that completed before it was submitted.
 */
final class ImageIo implements StoreExecutor {
    private final int fd;
    private final Image image;
    private final StoreErrors errors;
    private final StoreCounters counters;
    private final RangeIo ranges;

    ImageIo(OwnedFd fd, Image image, RangeIo ranges, StoreErrors errors, StoreCounters counters) {
        this.fd = fd.number();
        this.image = image;
        this.errors = errors;
        this.counters = counters;
        this.ranges = ranges;
    }

    @Override
    public StoreResult execute(StoreRequest request, IoScratch scratch) {
        StoreOperation operation = request.operation();
        if (refuses(request)) {
            return StoreResult.ERROR;
        }
        int result = switch (operation) {
            case READ -> read(request, scratch);
            case WRITE -> request.durable() ? writeDurably(request, scratch) : write(request, scratch);
            case FLUSH -> sync();
            case DISCARD, WRITE_ZEROES -> changeRanges(request, scratch);
        };
        return resultOf(request, result);
    }

    /** Whether it is not even tried: what it promises has been lost. */
    boolean refuses(StoreRequest request) {
        return counters.flushFailed() && (request.operation() == StoreOperation.FLUSH || request.durable());
    }

    /** {@code result} is 0 or {@code -errno}. */
    StoreResult resultOf(StoreRequest request, int result) {
        return errors.resultOf(request.operation(), result);
    }

    /** Whether READ or WRITE can be done by system calls on the guest's own buffers. */
    boolean fits(StoreRequest request) {
        return !misplaced(request) && !mustBounce(request);
    }

    @Override
    public StoreResult failed(StoreRequest request, Throwable cause) {
        return errors.failed(request.operation(), cause);
    }

    /**
     * Whether O_DIRECT takes this place of the image. Some file systems take any, by way of the page cache, which is
     * not what was asked for; others say EINVAL. So such a request is never passed on.
     */
    private boolean misplaced(StoreRequest request) {
        int block = image.limits().logicalBlockBytes();
        return image.direct() && ((request.offsetBytes() | request.lengthBytes()) & (block - 1)) != 0;
    }

    private int read(StoreRequest request, IoScratch scratch) {
        if (misplaced(request)) {
            return -Errno.EINVAL;
        }
        if (mustBounce(request)) {
            return Bounce.read(fd, request, scratch);
        }
        return Transfer.read(fd, request.iovecAddress(), request.iovecCount(), request.offsetBytes(),
                request.lengthBytes());
    }

    private int write(StoreRequest request, IoScratch scratch) {
        if (misplaced(request)) {
            return -Errno.EINVAL;
        }
        if (mustBounce(request)) {
            return Bounce.write(fd, request, scratch);
        }
        return Transfer.write(fd, request.iovecAddress(), request.iovecCount(), request.offsetBytes(),
                request.lengthBytes());
    }

    private boolean mustBounce(StoreRequest request) {
        return image.direct()
                && !Bounce.isAligned(request.iovecAddress(), request.iovecCount(), image.directAlignmentBytes());
    }

    private int writeDurably(StoreRequest request, IoScratch scratch) {
        if (writesInOneStep(request)) {
            long written = FileIo.write(fd, request.iovecAddress(), request.iovecCount(), request.offsetBytes(),
                    FileIo.RWF_DSYNC);
            if (!wantsTwoSteps(request, written)) {
                return writtenInOneStep(written);
            }
        }
        int written = write(request, scratch);
        return written < 0 ? written : sync();
    }

    /** Whether a durable write is tried by a single call with RWF_DSYNC. */
    boolean writesInOneStep(StoreRequest request) {
        return image.dsyncIsOneFlush() && request.iovecCount() <= FileIo.IOVEC_MAX && fits(request);
    }

    /**
     * Whether that call has not done it, though the image is well: begun, or not possible at all. Then it is done from
     * the start, by a write and a flush. Writing the same bytes twice is harmless.
     */
    boolean wantsTwoSteps(StoreRequest request, long written) {
        boolean ofTheBuffer = written == -Errno.EFAULT; // the guest's memory is gone, which says nothing of the image
        return written != request.lengthBytes() && (written >= 0 || written == -Errno.EINTR
                || written == -Errno.EAGAIN || ofTheBuffer || StoreErrors.isUnsupported((int) written));
    }

    /** What that call has come to, if it does not want two steps. 0 or {@code -errno}. */
    int writtenInOneStep(long written) {
        if (written >= 0) {
            return 0;
        }
        // A file system that is full for O_DIRECT refused to allocate; no page that could be dropped was ever in the
        // cache.
        if (!(image.direct() && StoreErrors.isNoSpace((int) written))) {
            counters.countFlushError();
        }
        return (int) written;
    }

    private int changeRanges(StoreRequest request, IoScratch scratch) {
        for (int i = 0; i < request.rangeCount(); i++) {
            long offset = request.rangeOffsetBytes(i);
            long length = request.rangeLengthBytes(i);
            int result = length == 0 ? 0
                    : ranges.change(request.operation(), offset, length, request.rangeMayUnmap(i), scratch);
            if (result < 0) {
                return result;
            }
        }
        return request.durable() ? sync() : 0;
    }

    /**
     * A failed write-back is reported once: the kernel marks the pages clean and may drop them (errseq_t,
     * Documentation/core-api/errseq.rst and "PostgreSQL's fsync() surprise", LWN 752063), so the next fdatasync would
     * succeed although data is lost. Therefore none is tried: {@link StoreCounters#flushFailed} stands until the image
     * is opened again, and the guest knows that nothing since its last good FLUSH can be relied on.
     */
    int sync() {
        int result;
        do {
            result = FileIo.fdatasync(fd);
        } while (result == -Errno.EINTR);
        return synced(result);
    }

    /** The end of a flush that was not interrupted: 0 or {@code -errno}. */
    int synced(int result) {
        if (result < 0) {
            counters.countFlushError();
            return result;
        }
        // Of two flushes at the same time one is told of the failure; the other must not promise what it lost.
        return counters.flushFailed() ? -Errno.EIO : 0;
    }
}
