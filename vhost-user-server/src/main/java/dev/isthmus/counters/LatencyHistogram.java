package dev.isthmus.counters;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Durations in buckets of powers of two, written by one thread at a time, read by any.
 *
 * <p>Bucket {@code b} counts durations up to {@code 2^b} microseconds; the last one everything longer.
 */
public final class LatencyHistogram {
    /** 1 us, 2 us, ... 2^26 us (67 s), and longer. */
    public static final int BUCKETS = 28;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long NANOS_PER_MICRO = 1000;

    private final long[] counts = new long[BUCKETS];
    private final Counter sumNanos = new Counter();

    public void record(long nanos) {
        long value = Math.max(0, nanos);
        int bucket = bucketOf(value);
        CELL.setOpaque(counts, bucket, counts[bucket] + 1);
        sumNanos.add(value);
    }

    static int bucketOf(long nanos) {
        long micros = Math.ceilDiv(nanos, NANOS_PER_MICRO);
        int bucket = micros <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(micros - 1);
        return Math.min(bucket, BUCKETS - 1);
    }

    /** Upper bound of a bucket in seconds; infinite for the last. */
    public static double upperBoundSeconds(int bucket) {
        return bucket == BUCKETS - 1 ? Double.POSITIVE_INFINITY : (1L << bucket) / 1e6;
    }

    /** Durations in one bucket, not those below. */
    public long count(int bucket) {
        return (long) CELL.getOpaque(counts, bucket);
    }

    public double sumSeconds() {
        return sumNanos.get() / 1e9;
    }
}
