package dev.isthmus.net;

import dev.isthmus.counters.Counter;

/** Sizes in buckets of powers of two. One thread writes, any thread reads. */
public final class BatchHistogram {
    /** Up to 1, 2, 4, 8, 16, 32, 64, and more. */
    public static final int BUCKETS = 8;

    private final Counter[] counts = new Counter[BUCKETS];
    private final Counter sum = new Counter();

    BatchHistogram() {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = new Counter();
        }
    }

    void record(int size) {
        int bucket = size <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
        counts[Math.min(bucket, BUCKETS - 1)].increment();
        sum.add(size);
    }

    /** Largest size in a bucket; infinite for the last. */
    public static double upperBound(int bucket) {
        return bucket == BUCKETS - 1 ? Double.POSITIVE_INFINITY : 1 << bucket;
    }

    /** Batches in one bucket, not those below. */
    public long count(int bucket) {
        return counts[bucket].get();
    }

    public long sum() {
        return sum.get();
    }
}
