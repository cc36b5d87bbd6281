package dev.isthmus.xen.bridge;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;

/**
 * Where a device gets its own descriptors of Xen from, so that closing them, or dying, lets go of all a guest ever had.
 * The device's worker calls, and closes what it gets.
 */
public interface XenDevices {
    GrantTable openGrantTable() throws IOException;

    EventChannels openEventChannels() throws IOException;
}
