package dev.isthmus.xen.blkif;

import dev.isthmus.counters.Counter;
import dev.isthmus.xen.bridge.DeviceCounters;

/** What is counted about one disk, over all its connections. The disk's worker writes, any thread reads. */
public final class BlkifCounters {
    public final DeviceCounters device = new DeviceCounters();

    public final Counter reads = new Counter();
    public final Counter writes = new Counter();
    public final Counter flushes = new Counter();
    public final Counter barriers = new Counter();
    public final Counter discards = new Counter();

    /** Of reads and writes that were answered with success. */
    public final Counter readBytes = new Counter();

    public final Counter writtenBytes = new Counter();

    /** Requests answered with BLKIF_RSP_ERROR, whatever the reason. */
    public final Counter errors = new Counter();

    /** Requests answered with BLKIF_RSP_EOPNOTSUPP. */
    public final Counter unsupported = new Counter();

    /** Requests refused because the guest broke a rule; among the errors. */
    public final Counter faults = new Counter();

    /** Gauge: requests taken and not answered. */
    public final Counter inFlight = new Counter();

    /** Requests executed again after a back-end or a predecessor of this process went away. */
    public final Counter resubmitted = new Counter();

    BlkifCounters() {}
}
