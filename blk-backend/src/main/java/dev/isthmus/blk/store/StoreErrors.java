package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an errno into a result, a count and, the first time of its kind since activation, a log line.
 *
 * <p>Any thread.
 */
final class StoreErrors {
    // include/uapi/asm-generic/errno.h
    private static final int EDQUOT = 122;
    private static final int ENOSYS = 38;

    private static final Logger LOG = LoggerFactory.getLogger(StoreErrors.class);
    private static final int OPERATIONS = StoreOperation.values().length;

    private final String name;
    private final StoreCounters counters;
    /** One place for every operation and result; 1 when it has been logged. */
    private final AtomicIntegerArray logged = new AtomicIntegerArray(OPERATIONS * StoreResult.values().length);

    /** {@code name} is how log lines call the store: device and image. */
    StoreErrors(String name, StoreCounters counters) {
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
    StoreResult resultOf(StoreOperation operation, int result) {
        return result >= 0 ? StoreResult.OK : failed(operation, -result);
    }

    private StoreResult failed(StoreOperation operation, int errno) {
        if (isNoSpace(-errno)) {
            counters.countNoSpace();
            log(operation, StoreResult.NO_SPACE, errno == EDQUOT ? "disk quota exceeded" : Errno.describe(errno));
            return StoreResult.NO_SPACE;
        }
        counters.countIoError();
        log(operation, StoreResult.ERROR,
                errno == Transfer.ENODATA ? "the image ends before the range does" : Errno.describe(errno));
        return StoreResult.ERROR;
    }

    /** A store thread caught something. */
    StoreResult failed(StoreOperation operation, Throwable cause) {
        counters.countIoError();
        log(operation, StoreResult.ERROR, cause.toString());
        return StoreResult.ERROR;
    }

    private void log(StoreOperation operation, StoreResult result, String why) {
        int kind = result.ordinal() * OPERATIONS + operation.ordinal();
        if (logged.compareAndSet(kind, 0, 1)) {
            LOG.warn("{}: {} failed: {}; the next ones are only counted", name, operation, why);
        }
    }
}
