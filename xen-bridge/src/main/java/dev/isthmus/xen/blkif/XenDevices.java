package dev.isthmus.xen.blkif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;

/**
 * Where a disk gets its own descriptors of Xen from, so that closing them, or dying, lets go of all a guest ever had.
 * The disk's worker calls, and closes what it gets.
 */
public interface XenDevices {
    GrantTable openGrantTable() throws IOException;

    EventChannels openEventChannels() throws IOException;
}
