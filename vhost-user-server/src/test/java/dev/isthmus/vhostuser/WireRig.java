package dev.isthmus.vhostuser;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A device that is served on a real socket in a directory of its own. */
public final class WireRig<D extends VirtioDevice> implements AutoCloseable {
    private final Path directory;
    private final Path socket;
    private final D device;
    private final RingWatchdog watchdog = new RingWatchdog();
    private final DeviceServer server;

    private WireRig(D device, WorkerOptions workers) throws IOException {
        this.directory = Files.createTempDirectory("isthmus");
        this.socket = directory.resolve("socket");
        this.device = device;
        watchdog.start();
        this.server = DeviceServer.start(device, new Endpoint.Path(socket.toString()), workers, false, watchdog);
    }

    public static <D extends VirtioDevice> WireRig<D> serve(D device, int workers, long pollMicros)
            throws IOException {
        return serve(device, new WorkerOptions(workers, pollMicros, List.of(), Transport.AUTO));
    }

    public static <D extends VirtioDevice> WireRig<D> serve(D device, WorkerOptions workers) throws IOException {
        return new WireRig<>(device, workers);
    }

    public static <D extends VirtioDevice> WireRig<D> serve(D device) throws IOException {
        return serve(device, 1, 0);
    }

    public D device() {
        return device;
    }

    public DeviceServer server() {
        return server;
    }

    public Path socket() {
        return socket;
    }

    public FakeFrontend connect(FakeFrontend.Style style) throws LinuxException {
        return FakeFrontend.connect(socket, style);
    }

    /** A front-end of QEMU's habits that has negotiated these features and shared its memory. */
    public FakeFrontend connected(long features) throws LinuxException {
        return connect(FakeFrontend.Style.QEMU).negotiate(features).shareRam();
    }

    /** Waits until the front-end that went away has left nothing behind. */
    public void awaitDisconnected() {
        Waiting.until("the front-end is gone", () -> server.state() == ConnectionState.LISTENING);
    }

    @Override
    public void close() throws IOException {
        server.close();
        device.close();
        watchdog.close();
        Files.deleteIfExists(directory.resolve("socket.lock"));
        Files.delete(directory);
    }
}
