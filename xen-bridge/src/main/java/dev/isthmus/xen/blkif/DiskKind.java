package dev.isthmus.xen.blkif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.DeviceCounters;
import dev.isthmus.xen.bridge.DeviceKind;
import dev.isthmus.xen.bridge.DeviceOptions;
import dev.isthmus.xen.bridge.GuestSide;
import java.io.IOException;

/** What of a disk's life is a disk's. */
final class DiskKind implements DeviceKind<BlkifConnection, BlkifProperties, BackendConnection> {
    private final BlkifDiskOptions options;
    private final BlkifCounters counters;

    DiskKind(BlkifDiskOptions options, BlkifCounters counters) {
        this.options = options;
        this.counters = counters;
    }

    @Override
    public String ring() {
        return "blkif";
    }

    @Override
    public DeviceOptions options() {
        return options;
    }

    @Override
    public DeviceCounters counters() {
        return counters.device;
    }

    @Override
    public BackendConnection connect() throws IOException {
        return BackendConnection.open(options.socket(), options.readOnly());
    }

    @Override
    public GuestSide<BlkifProperties, BackendConnection> open(BlkifConnection wanted, BlkifProperties properties,
            GrantTable grants, EventChannels channels) throws IOException {
        return GuestLink.open(options, wanted, properties, grants, channels, counters);
    }
}
