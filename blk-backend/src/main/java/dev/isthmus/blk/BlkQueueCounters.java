package dev.isthmus.blk;

import dev.isthmus.counters.Counter;
import dev.isthmus.counters.LatencyHistogram;
import dev.isthmus.virtqueue.ChainFault;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is counted about the requests of one virtqueue, over all front-ends. Its worker writes, any thread reads. */
public final class BlkQueueCounters {
    private final Counter[] requests = counters(BlkRequestType.values().length);
    private final Counter[] bytes = counters(BlkRequestType.values().length);
    private final Counter[] errors = counters(BlkRequestType.values().length);
    private final LatencyHistogram[] latency = histograms(BlkRequestType.values().length);
    private final Counter[] requestFaults = counters(BlkRequestFault.values().length);
    private final Counter[] chainFaults = counters(ChainFault.values().length);
    private volatile @Nullable InFlightTimes times;

    /** Requests answered, whatever the status. */
    public Counter requests(BlkRequestType type) {
        return requests[type.ordinal()];
    }

    /** Bytes of IN and OUT that were answered OK. */
    public Counter bytes(BlkRequestType type) {
        return bytes[type.ordinal()];
    }

    /** Requests answered with another status than OK. */
    public Counter errors(BlkRequestType type) {
        return errors[type.ordinal()];
    }

    /** From taking a request to answering it. */
    public LatencyHistogram latency(BlkRequestType type) {
        return latency[type.ordinal()];
    }

    /** Requests refused because of what they ask. */
    public Counter faults(BlkRequestFault fault) {
        return requestFaults[fault.ordinal()];
    }

    /** Requests refused because of their descriptor chain. */
    public Counter faults(ChainFault fault) {
        return chainFaults[fault.ordinal()];
    }

    /** Every fault a request can have, with its counter; those that stop the ring are counted there. */
    public void forEachFault(BiConsumer<Enum<?>, Counter> reader) {
        for (ChainFault fault : ChainFault.values()) {
            if (fault != ChainFault.NONE && !fault.isOfRing()) {
                reader.accept(fault, faults(fault));
            }
        }
        for (BlkRequestFault fault : BlkRequestFault.values()) {
            if (fault != BlkRequestFault.NONE) {
                reader.accept(fault, faults(fault));
            }
        }
    }

    /** Age of the oldest request in flight; 0 when there is none. */
    public long oldestAgeNanos(long nowNanos) {
        InFlightTimes present = times;
        return present == null ? 0 : present.oldestAgeNanos(nowNanos);
    }

    void times(@Nullable InFlightTimes now) {
        times = now;
    }

    private static Counter[] counters(int count) {
        Counter[] made = new Counter[count];
        for (int i = 0; i < count; i++) {
            made[i] = new Counter();
        }
        return made;
    }

    private static LatencyHistogram[] histograms(int count) {
        LatencyHistogram[] made = new LatencyHistogram[count];
        for (int i = 0; i < count; i++) {
            made[i] = new LatencyHistogram();
        }
        return made;
    }
}
