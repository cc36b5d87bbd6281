package dev.isthmus.xen.netif;

import dev.isthmus.counters.Counter;
import dev.isthmus.xen.bridge.DeviceCounters;

/**
 * What is counted about one card, over all its connections. The card's worker writes, any thread reads. Sent and
 * received is meant from the guest's side.
 */
public final class NetifCounters {
    public final DeviceCounters device = new DeviceCounters();

    public final Counter sentFrames = new Counter();
    public final Counter sentBytes = new Counter();

    /** Of the sent frames: to be cut into segments by whoever can. */
    public final Counter sentGsoFrames = new Counter();

    public final Counter receivedFrames = new Counter();
    public final Counter receivedBytes = new Counter();
    public final Counter receivedGsoFrames = new Counter();

    /** Slots of sent packets, those of extra infos among them. */
    public final Counter sentSlots = new Counter();

    /** Gauge: the most slots a packet had that was sent. */
    public final Counter sentSlotsMax = new Counter();

    public final Counter receivedSlots = new Counter();

    /** Gauge: the most slots a packet had that was received. */
    public final Counter receivedSlotsMax = new Counter();

    /** Checksums that had to be made here, as the other side could not. */
    public final Counter softwareChecksums = new Counter();

    /** By {@link DropCause}: frames that went no further. */
    private final Counter[] drops = new Counter[DropCause.values().length];

    /** Times a frame had to wait because the guest had no slots for it. */
    public final Counter receiveStalls = new Counter();

    /** Times the guest had to wait because it had sent as much as its rate allows. */
    public final Counter rateStalls = new Counter();

    /** Frames of the guest, and slots it had offered, that a successor of this process gave back. */
    public final Counter takeovers = new Counter();

    NetifCounters() {
        for (int i = 0; i < drops.length; i++) {
            drops[i] = new Counter();
        }
    }

    /** Frames that went no further for this reason. */
    public Counter drops(DropCause cause) {
        return drops[cause.ordinal()];
    }
}
