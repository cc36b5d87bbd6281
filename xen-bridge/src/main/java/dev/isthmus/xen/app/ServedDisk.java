package dev.isthmus.xen.app;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.EvtchnEventChannels;
import dev.isthmus.xen.GntdevGrantTable;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.blkif.BlkifDisk;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.blkif.BlkifProperties;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** The real disk. */
record ServedDisk(ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> disk) implements GuestDisk {
    /** The kernel's devices. */
    private static final XenDevices DEVICES = new XenDevices() {
        @Override
        public GrantTable openGrantTable() throws IOException {
            return GntdevGrantTable.open();
        }

        @Override
        public EventChannels openEventChannels() throws IOException {
            return EvtchnEventChannels.open();
        }
    };

    static GuestDisk open(BlkifDiskOptions options) throws IOException {
        return open(options, DEVICES);
    }

    static GuestDisk open(BlkifDiskOptions options, XenDevices devices) throws IOException {
        return new ServedDisk(BlkifDisk.open(options, devices));
    }

    @Override
    public BlkifProperties properties() throws IOException, InterruptedException {
        return disk.properties();
    }

    @Override
    public void connect(BlkifConnection connection) throws IOException, InterruptedException {
        disk.connect(connection);
    }

    @Override
    public void onResize(Consumer<BlkifProperties> listener) {
        disk.onChange(listener);
    }

    @Override
    public void disconnect() throws InterruptedException {
        disk.disconnect();
    }

    @Override
    public BlkifCounters counters() {
        return disk.counters();
    }

    @Override
    public boolean isBackendConnected() {
        return disk.isBackendConnected();
    }

    @Override
    public Optional<String> fault() {
        return disk.fault();
    }

    @Override
    public void close() {
        disk.close();
    }
}
