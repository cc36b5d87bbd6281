package dev.isthmus.xen.netif;

import dev.isthmus.loop.Transport;
import dev.isthmus.net.NetDevice;
import dev.isthmus.net.NetDeviceOptions;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A back-end of this project in this process: a card on a real socket that gives back what it is sent, and can be taken
 * away and brought back.
 */
final class TestCard implements AutoCloseable {
    private final NetDevice device;
    private final RingWatchdog watchdog = new RingWatchdog();
    private final DeviceServer server;

    private TestCard(Path socket, int pairs, Uplink uplink) throws IOException {
        this.device = NetDevice.create("card", new NetDeviceOptions(pairs, 0), uplink);
        watchdog.start();
        this.server = DeviceServer.start(device, new Endpoint.Path(socket.toString()),
                new WorkerOptions(1, 0, List.of(), Transport.AUTO), false, watchdog);
    }

    static TestCard serve(Path socket, int pairs) throws IOException {
        return new TestCard(socket, pairs, LoopbackUplink.create());
    }

    @Override
    public void close() throws IOException {
        server.close();
        device.close();
        watchdog.close();
    }
}
