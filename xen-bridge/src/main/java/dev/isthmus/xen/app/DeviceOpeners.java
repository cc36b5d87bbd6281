package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.blkif.BlkifDisk;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.blkif.BlkifProperties;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.bridge.XenDevices;
import dev.isthmus.xen.netif.NetifCard;
import dev.isthmus.xen.netif.NetifCardOptions;
import dev.isthmus.xen.netif.NetifConnection;
import dev.isthmus.xen.netif.NetifCounters;
import dev.isthmus.xen.netif.NetifProperties;
import java.io.IOException;

/** Makes what serves a device. Does not wait. */
interface DeviceOpeners {
    ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> disk(BlkifDiskOptions options) throws IOException;

    ServedDevice<NetifConnection, NetifProperties, NetifCounters> card(NetifCardOptions options) throws IOException;

    /** What serves guests by these devices of Xen's. */
    static DeviceOpeners over(XenDevices devices) {
        return new DeviceOpeners() {
            @Override
            public ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> disk(BlkifDiskOptions options)
                    throws IOException {
                return BlkifDisk.open(options, devices);
            }

            @Override
            public ServedDevice<NetifConnection, NetifProperties, NetifCounters> card(NetifCardOptions options)
                    throws IOException {
                return NetifCard.open(options, devices);
            }
        };
    }
}
