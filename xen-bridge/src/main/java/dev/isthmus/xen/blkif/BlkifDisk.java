package dev.isthmus.xen.blkif;

import dev.isthmus.xen.bridge.BridgedDevice;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;

/**
 * One disk of one guest. What was in flight when a back-end went away is executed again; if the journal is of a guest's
 * rings, so is what a predecessor of this process left unanswered. {@link ServedDevice#disconnect} removes the journal,
 * {@link ServedDevice#close} leaves it for a successor; whoever knows that the guest is gone removes it.
 */
public final class BlkifDisk {
    private BlkifDisk() {}

    /** Begins to look for the back-end; does not wait for it. */
    public static ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> open(BlkifDiskOptions options,
            XenDevices devices) throws IOException {
        BlkifCounters counters = new BlkifCounters();
        return BridgedDevice.open(new DiskKind(options, counters), counters, devices);
    }
}
