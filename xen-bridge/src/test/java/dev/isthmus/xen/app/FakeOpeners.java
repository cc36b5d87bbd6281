package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.blkif.BlkifProperties;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.netif.NetifCardOptions;
import dev.isthmus.xen.netif.NetifConnection;
import dev.isthmus.xen.netif.NetifCounters;
import dev.isthmus.xen.netif.NetifProperties;

/** Devices that are none. */
final class FakeOpeners implements DeviceOpeners {
    @Override
    public ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> disk(BlkifDiskOptions options) {
        return new FakeDisk(options);
    }

    @Override
    public ServedDevice<NetifConnection, NetifProperties, NetifCounters> card(NetifCardOptions options) {
        return new FakeCard(options);
    }
}
