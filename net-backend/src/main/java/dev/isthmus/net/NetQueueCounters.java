package dev.isthmus.net;

import dev.isthmus.counters.Counter;

/** What is counted about one receive or transmit ring over all its front-ends. The ring's worker writes. */
public final class NetQueueCounters {
    /** Frames that went from the guest to the uplink, or the other way. */
    public final Counter frames = new Counter();

    /** Their bytes, without headers of virtio. */
    public final Counter bytes = new Counter();

    /** Those of them that are to be segmented. */
    public final Counter segmented = new Counter();

    /** Frames that one turn of the worker moved or dropped. */
    public final BatchHistogram batches = new BatchHistogram();

    private final Counter[] drops = new Counter[DropCause.values().length];

    NetQueueCounters() {
        for (int i = 0; i < drops.length; i++) {
            drops[i] = new Counter();
        }
    }

    /** Frames, and buffers without one, that were dropped for this reason. */
    public Counter drops(DropCause cause) {
        return drops[cause.ordinal()];
    }

    void moved(long frameBytes, boolean isSegmented) {
        frames.increment();
        bytes.add(frameBytes);
        if (isSegmented) {
            segmented.increment();
        }
    }
}
