package dev.isthmus.blk.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a store counts. Rare events and figures only: they are atomics, and no request that succeeds touches one.
 *
 * <p>Any thread reads.
 */
public final class StoreCounters {
    private final AtomicLong ioErrors = new AtomicLong();
    private final AtomicLong noSpaceErrors = new AtomicLong();
    private final AtomicLong flushErrors = new AtomicLong();
    private volatile boolean flushFailed;

    public void countIoError() {
        ioErrors.incrementAndGet();
    }

    public void countNoSpace() {
        noSpaceErrors.incrementAndGet();
    }

    /**
     * A flush failed: the kernel may have dropped what it could not write, so nothing can be promised until the image
     * is opened again.
     */
    public void countFlushError() {
        flushErrors.incrementAndGet();
        flushFailed = true;
    }

    /** The image was opened anew. */
    public void reopened() {
        flushFailed = false;
    }

    public long ioErrors() {
        return ioErrors.get();
    }

    public long noSpaceErrors() {
        return noSpaceErrors.get();
    }

    public long flushErrors() {
        return flushErrors.get();
    }

    public boolean flushFailed() {
        return flushFailed;
    }
}
