package dev.isthmus.net;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.net.uplink.Uplink;
import java.io.IOException;

/** The virtio network device: virtio 1.3, 5.1. Threads as {@link VirtioDevice} says. */
public final class NetDevice implements VirtioDevice {
    private final String name;
    private final NetDeviceOptions options;
    private final Uplink uplink;

    private NetDevice(String name, NetDeviceOptions options, Uplink uplink) {
        this.name = name;
        this.options = options;
        this.uplink = uplink;
    }

    /** A device in front of an uplink, which it owns from now on. */
    public static NetDevice create(String name, NetDeviceOptions options, Uplink uplink) {
        return new NetDevice(name, options, uplink);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return 2 * options.queuePairs();
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public byte[] configuration() {
        return new byte[0];
    }

    @Override
    public boolean writeConfiguration(int offset, byte[] bytes) {
        return false;
    }

    @Override
    public void onConfigurationChange(Runnable listener) {}

    @Override
    public void start(long features) {}

    @Override
    public void stop() {}

    @Override
    public VringHandler openVring(VringContext context) {
        throw new UnsupportedOperationException("no ring of a network device is served yet");
    }

    public Uplink uplink() {
        return uplink;
    }

    @Override
    public void close() throws IOException {
        uplink.close();
    }
}
