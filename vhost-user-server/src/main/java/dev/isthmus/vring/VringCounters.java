package dev.isthmus.vring;

import dev.isthmus.counters.Counter;
import dev.isthmus.virtqueue.ChainFault;

/**
 * What is counted about one vring of a device, over all its front-ends. The ring's worker writes, except where another
 * writer is named; any thread reads.
 */
public final class VringCounters {
    /** Times the kick descriptor woke the worker. */
    public final Counter kicks = new Counter();

    public final Counter notificationsSent = new Counter();
    public final Counter notificationsSuppressed = new Counter();
    public final Counter chainsTaken = new Counter();

    /** Chains a predecessor had taken and not handed back, taken again. */
    public final Counter resubmitted = new Counter();

    /** Gauge: chains taken and not handed back. */
    public final Counter inFlight = new Counter();

    /** Available index up to which chains were taken, for the watchdog. */
    final Counter position = new Counter();

    /** Gauge for the watchdog: 1 while the worker is to take chains (started, enabled, not broken or full), else 0. */
    final Counter taking = new Counter();

    /** Times the watchdog saw a chain that had been available since its last look. The watchdog writes. */
    public final Counter notTakenLooks = new Counter();

    /** Times that went on for {@link WatchLimits#untaken} with the worker asleep. The watchdog writes. */
    public final Counter lostWakeups = new Counter();

    /** Gauge: for how long a chain has been available while that lasts, in nanoseconds; else 0. The watchdog writes. */
    public final Counter untakenNanos = new Counter();

    /** Times a request was in flight for {@link WatchLimits#stalled}. The watchdog writes. */
    public final Counter stalls = new Counter();

    /** Gauge: age of the oldest request in flight while that lasts, in nanoseconds; else 0. The watchdog writes. */
    public final Counter stalledNanos = new Counter();

    /** The device's, for all its vrings. */
    final RecoveryTimes recovery;

    private final Counter[] faults = new Counter[ChainFault.values().length];

    public VringCounters() {
        this(new RecoveryTimes());
    }

    public VringCounters(RecoveryTimes recovery) {
        this.recovery = recovery;
        for (int i = 0; i < faults.length; i++) {
            faults[i] = new Counter();
        }
    }

    public Counter faults(ChainFault fault) {
        return faults[fault.ordinal()];
    }
}
