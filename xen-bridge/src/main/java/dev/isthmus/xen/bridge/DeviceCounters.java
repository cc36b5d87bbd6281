package dev.isthmus.xen.bridge;

import dev.isthmus.counters.Counter;

/** What is counted about every device, over all its connections. The device's worker writes, any thread reads. */
public final class DeviceCounters {
    /** Rings no longer served because the guest broke a rule. */
    public final Counter ringFaults = new Counter();

    public final Counter grantCopies = new Counter();

    /** Times copies were made: system calls, when none was too large. */
    public final Counter grantCopyBatches = new Counter();

    /** Grant copies that Xen refused. */
    public final Counter failedCopies = new Counter();

    public final Counter eventsReceived = new Counter();
    public final Counter eventsSent = new Counter();

    /** Responses for which the guest wanted no event. */
    public final Counter eventsSuppressed = new Counter();

    /** Times a back-end was connected. */
    public final Counter backendConnects = new Counter();

    /** Times a connected back-end went away. */
    public final Counter backendLosses = new Counter();
}
