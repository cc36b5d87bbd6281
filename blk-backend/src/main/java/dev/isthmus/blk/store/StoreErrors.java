package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an errno into a result, a count and, when it is the first of its kind after a quiet time, a log line.
 *
 * <p>Any thread.
 */
public final class StoreErrors {
    // include/uapi/asm-generic/errno.h
    private static final int EDQUOT = 122;
    private static final int ENOSYS = 38;

    private static final Logger LOG = LoggerFactory.getLogger(StoreErrors.class);
    private static final StoreOperation[] OPERATIONS = StoreOperation.values();

    private final String name;
    private final StoreCounters counters;

    /** {@code name} is how log lines call the store: device and image. */
    public StoreErrors(String name, StoreCounters counters) {
        this.name = name;
        this.counters = counters;
    }

    static boolean isUnsupported(int result) {
        return result == -Errno.EOPNOTSUPP || result == -ENOSYS;
    }

    static boolean isNoSpace(int result) {
        return result == -Errno.ENOSPC || result == -EDQUOT;
    }

    /** {@code result} is 0 or {@code -errno}. */
    public StoreResult resultOf(StoreOperation operation, int result) {
        if (result < 0) {
            return failed(operation, -result);
        }
        if (operation == StoreOperation.WRITE) {
            counters.written();
        }
        return StoreResult.OK;
    }

    private StoreResult failed(StoreOperation operation, int errno) {
        if (isNoSpace(-errno)) {
            if (counters.foundNoSpace(operation)) {
                log(operation, errno == EDQUOT ? "disk quota exceeded" : Errno.describe(errno));
            }
            return StoreResult.NO_SPACE;
        }
        if (counters.failed(operation)) {
            log(operation, errno == Transfer.ENODATA ? "the image ends before the range does" : Errno.describe(errno));
        }
        return StoreResult.ERROR;
    }

    /** A store thread caught something. */
    public StoreResult failed(StoreOperation operation, Throwable cause) {
        if (counters.failed(operation)) {
            log(operation, cause.toString());
        }
        return StoreResult.ERROR;
    }

    private void log(StoreOperation operation, String why) {
        LOG.warn("{}: {} failed: {}; the next ones are only counted", name, operation, why);
    }

    /**
     * Looks which failures are over, and says so. An I/O error is over when there was none for a while, but not after a
     * failed flush, since when what fails is not even tried; lack of space when, besides, a write has succeeded since.
     */
    public void look(long nowNanos) {
        for (StoreOperation operation : OPERATIONS) {
            ErrorSpell errors = counters.errorSpell(operation);
            if (!counters.flushFailed() && errors.isQuiet(nowNanos)) {
                LOG.warn("{}: no {} fails any more; {} did", name, operation, errors.end());
            }
            ErrorSpell full = counters.noSpaceSpell(operation);
            if (counters.hasWrittenSinceFull() && full.isQuiet(nowNanos)) {
                LOG.warn("{}: no {} lacks space any more; {} did", name, operation, full.end());
            }
        }
        counters.looked();
    }
}
