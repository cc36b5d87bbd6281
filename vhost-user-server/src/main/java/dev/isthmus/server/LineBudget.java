package dev.isthmus.server;

import java.util.concurrent.TimeUnit;

/**
 * How many log lines somebody else may cause: a few at once, then one in {@value #REFILL_SECONDS} seconds. What they
 * did is counted all the same. One thread.
 */
final class LineBudget {
    private static final int LINES_AT_ONCE = 20;
    private static final int REFILL_SECONDS = 5;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(REFILL_SECONDS);

    private int lines = LINES_AT_ONCE;
    private long refilledNanos = System.nanoTime();
    private long withheld;

    /** Whether a line may be written now. */
    boolean take() {
        return take(System.nanoTime());
    }

    boolean take(long nowNanos) {
        long refill = Math.min(LINES_AT_ONCE - lines, (nowNanos - refilledNanos) / REFILL_NANOS);
        lines += (int) refill;
        refilledNanos = lines == LINES_AT_ONCE ? nowNanos : refilledNanos + refill * REFILL_NANOS;
        if (lines == 0) {
            withheld++;
            return false;
        }
        lines--;
        return true;
    }

    /** Lines that were not written since the last question. */
    long takeWithheld() {
        long count = withheld;
        withheld = 0;
        return count;
    }
}
