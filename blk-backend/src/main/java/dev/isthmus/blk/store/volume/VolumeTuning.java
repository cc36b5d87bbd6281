package dev.isthmus.blk.store.volume;

/**
 * What using a volume may cost.
 *
 * @param memoryBytes of RocksDB's native memory: cached blocks, indexes and what is not yet in a file, together
 * @param threads for reads; writes have one of their own
 */
public record VolumeTuning(long memoryBytes, int threads) {
    public static final long MEMORY_BYTES_LEAST = 16L << 20;
    public static final long MEMORY_BYTES_MOST = 1L << 40;
    public static final long MEMORY_BYTES_DEFAULT = 64L << 20;
    public static final int THREADS_DEFAULT = 4;
    public static final int THREADS_MAX = 128;

    public static final VolumeTuning USUAL = new VolumeTuning(MEMORY_BYTES_DEFAULT, THREADS_DEFAULT);

    /** Rejects what cannot be meant. */
    public VolumeTuning {
        if (memoryBytes < MEMORY_BYTES_LEAST || threads < 1 || threads > THREADS_MAX) {
            throw new IllegalArgumentException("memory of " + memoryBytes + " bytes, " + threads + " threads");
        }
    }
}
