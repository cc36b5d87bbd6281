package dev.isthmus.blk;

import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.virtqueue.ChainFault;

/** What must have been said to the chains of one life, beside what was. */
final class FuzzExpectation {
    private static final ChainFault[] CHAIN_FAULTS = ChainFault.values();
    private static final BlkRequestFault[] REQUEST_FAULTS = BlkRequestFault.values();

    private final BlkQueueCounters counters;
    private final long[] chains = new long[CHAIN_FAULTS.length];
    private final long[] requests = new long[REQUEST_FAULTS.length];
    private ChainFault ring = ChainFault.NONE;
    private long offered;

    FuzzExpectation(BlkQueueCounters counters) {
        this.counters = counters;
    }

    void chain(ChainFault fault, BlkRequestFault requestFault) {
        offered++;
        if (fault != ChainFault.NONE) {
            chains[fault.ordinal()]++;
        } else {
            requests[requestFault.ordinal()]++;
        }
    }

    void sound() {
        chain(ChainFault.NONE, BlkRequestFault.NONE);
    }

    void ring(ChainFault fault) {
        ring = fault;
    }

    void check(ChainFault ringFault) {
        if (ringFault != ring) {
            throw new IllegalStateException("the ring has " + ringFault + ", expected was " + ring);
        }
        for (ChainFault fault : CHAIN_FAULTS) {
            require(fault, chains[fault.ordinal()], counters.faults(fault).get());
        }
        for (BlkRequestFault fault : REQUEST_FAULTS) {
            if (fault != BlkRequestFault.NONE) {
                require(fault, requests[fault.ordinal()], counters.faults(fault).get());
            }
        }
        long errors = 0;
        for (BlkRequestType type : BlkRequestType.values()) {
            errors += counters.errors(type).get();
        }
        require(BlkStatus.OK, requests[BlkRequestFault.NONE.ordinal()], answered() - errors);
    }

    private static void require(Enum<?> what, long expected, long met) {
        if (expected != met) {
            throw new IllegalStateException(what + " " + met + " times, expected were " + expected);
        }
    }

    private long answered() {
        long sum = 0;
        for (BlkRequestType type : BlkRequestType.values()) {
            sum += counters.requests(type).get();
        }
        return sum;
    }

    /** Counts what was said, not what was expected. */
    void addTo(FuzzTally tally) {
        long refused = 0;
        for (ChainFault fault : CHAIN_FAULTS) {
            refused += add(tally, fault, fault == ChainFault.NONE ? 0 : counters.faults(fault).get());
        }
        for (BlkRequestFault fault : REQUEST_FAULTS) {
            refused += add(tally, fault, fault == BlkRequestFault.NONE ? 0 : counters.faults(fault).get());
        }
        long all = answered();
        for (long i = 0; i < all; i++) {
            tally.addCase(i >= refused);
        }
        tally.add("Rings", "lives", 1);
        tally.add("Chains", "offered", offered);
    }

    private static long add(FuzzTally tally, Enum<?> what, long times) {
        if (times > 0) {
            tally.add(what.getDeclaringClass().getSimpleName(), what.name(), times);
        }
        return times;
    }
}
