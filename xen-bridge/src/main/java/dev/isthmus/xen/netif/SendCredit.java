package dev.isthmus.xen.netif;

/**
 * How much of its rate a card has left. Hot; the worker's alone. A frame is let through as long as anything is left,
 * and what it takes too much is missing later, so that the rate holds for frames of any size.
 */
final class SendCredit {
    /** What netback lets through at once at least, however slow the rate: two of the largest frames. */
    private static final long BURST_BYTES_MIN = 131_072;
    private static final long NANOS_PER_MICRO = 1000;
    /** No sum of two such numbers overflows. */
    private static final long BYTES_MAX = 1L << 60;

    private final VifRate rate;
    private final long periodBytes;
    private final long burst;
    private final long periodNanos;
    private long left;
    /** When the present period ends. */
    private long endNanos;

    SendCredit(VifRate rate, long nowNanos) {
        this.rate = rate;
        this.periodBytes = Math.min(BYTES_MAX, rate.bytes());
        this.burst = Math.max(BURST_BYTES_MIN, periodBytes);
        this.periodNanos = rate.micros() * NANOS_PER_MICRO;
        this.left = periodBytes;
        this.endNanos = nowNanos + periodNanos;
    }

    /** Whether anything may be sent now. */
    boolean isLeft(long nowNanos) {
        if (rate.isUnlimited()) {
            return true;
        }
        if (nowNanos - endNanos >= 0) {
            long periods = 1 + (nowNanos - endNanos) / periodNanos;
            endNanos += periods * periodNanos;
            // What many periods together would overflow is more than a burst.
            left = periods > burst / periodBytes ? Math.min(burst, left + burst)
                    : Math.min(burst, left + periods * periodBytes);
        }
        return left > 0;
    }

    void spend(long bytes) {
        if (!rate.isUnlimited()) {
            left -= bytes;
        }
    }

    /** How long until {@link #isLeft} is worth a look. */
    int millisToMore(long nowNanos) {
        return Math.clamp((endNanos - nowNanos) / 1_000_000 + 1, 1, 1000);
    }
}
