package dev.isthmus.blk.store.limit;

/**
 * What may be asked for now: two buckets that fill at the rates of a {@link Limit} and hold what its burst allows. A
 * request may go while there is a whole operation and any byte left, and then takes all its bytes, so that one larger
 * than the bucket is not stuck: the debt is waited for by the next. Guarded by its limiter's lock.
 */
final class Budget {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Limit limit;
    private final double operationsMax;
    private final double bytesMax;
    private double operations;
    private double bytes;
    private long filledNanos;

    Budget(Limit limit, long nowNanos) {
        this.limit = limit;
        operationsMax = Math.max(1, limit.iops() * limit.burstMillis() / MILLIS_PER_SECOND);
        bytesMax = Math.max(1, limit.bytesPerSecond() * limit.burstMillis() / MILLIS_PER_SECOND);
        operations = operationsMax;
        bytes = bytesMax;
        filledNanos = nowNanos;
    }

    Limit limit() {
        return limit;
    }

    void fill(long nowNanos) {
        double seconds = Math.max(0, nowNanos - filledNanos) / NANOS_PER_SECOND;
        operations = Math.min(operationsMax, operations + seconds * limit.iops());
        bytes = Math.min(bytesMax, bytes + seconds * limit.bytesPerSecond());
        filledNanos = nowNanos;
    }

    boolean isOpen() {
        return (limit.iops() == 0 || operations >= 1) && (limit.bytesPerSecond() == 0 || bytes > 0);
    }

    void take(long requestBytes) {
        operations -= 1;
        bytes -= requestBytes;
    }

    /** How long until a request may go, if nothing else happens; 0 if one may. */
    long nanosUntilOpen() {
        double seconds = 0;
        if (limit.iops() > 0 && operations < 1) {
            seconds = (1 - operations) / limit.iops();
        }
        if (limit.bytesPerSecond() > 0 && bytes <= 0) {
            seconds = Math.max(seconds, (1 - bytes) / limit.bytesPerSecond());
        }
        return (long) Math.ceil(seconds * NANOS_PER_SECOND);
    }
}
