package dev.isthmus.xen.netif;

import dev.isthmus.xen.bridge.BridgedDevice;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;

/**
 * One card of one guest. Frames that a back-end had when it went away are lost, as on a cable; the guest's next ones
 * wait until there is one again. A successor of this process answers what its predecessor left as dropped.
 */
public final class NetifCard {
    private NetifCard() {}

    /** Begins to look for the back-end; does not wait for it. */
    public static ServedDevice<NetifConnection, NetifProperties, NetifCounters> open(NetifCardOptions options,
            XenDevices devices) throws IOException {
        NetifCounters counters = new NetifCounters();
        return BridgedDevice.open(new CardKind(options, counters), counters, devices);
    }
}
