package dev.isthmus.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What was seen. Of one thread; allocates nothing but at its beginning and end. */
final class LoadTally {
    /** Longer than anything waits. */
    private static final long LATENCY_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private static final int DIGITS = 3;
    private static final double NANOS_PER_MICRO = 1000;

    private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, DIGITS);
    private boolean counting;
    private long requests;
    private long beganNanos;
    private long endedNanos;

    /** Warm-up included. */
    long errors;
    long checked;
    long mismatches;

    void begin() {
        latencies.reset();
        requests = 0;
        counting = true;
        beganNanos = System.nanoTime();
    }

    void end() {
        endedNanos = System.nanoTime();
        counting = false;
    }

    /** A request was answered. */
    void answered(long latencyNanos, boolean ok) {
        if (!ok) {
            errors++;
        } else if (counting) {
            requests++;
            latencies.recordValue(Math.clamp(latencyNanos, 0L, LATENCY_NANOS_MAX));
        }
    }

    LoadResult result() {
        return new LoadResult(requests, (endedNanos - beganNanos) / 1e9, micros(50), micros(99), micros(99.9), errors,
                checked, mismatches);
    }

    private double micros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }
}
