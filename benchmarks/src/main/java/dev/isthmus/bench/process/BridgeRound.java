package dev.isthmus.bench.process;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Retry;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.xen.FakeXenstored;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the Xen bridge takes to start, and what it costs to have it; where there is no Xen. */
final class BridgeRound {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double PATIENCE_SECONDS = 30;

    /** The last thing it asks the store at its start is to be told of new disks, of these kinds. */
    private static final List<String> WATCHED = List.of("/local/domain/0/backend/vbd3",
            "/local/domain/0/backend/isthmus");

    private static final String CONNECTED = "isthmus_xen_device_connected{";
    private static final String ANSWERED = "isthmus_xen_requests_total{";

    private final Rig rig;
    private final Rounds.Lengths lengths;
    private final ProcessFigures figures;

    BridgeRound(Rig rig, Rounds.Lengths lengths, ProcessFigures figures) {
        this.rig = rig;
        this.lengths = lengths;
        this.figures = figures;
    }

    /** The daemon as it is, and a xenstore with no guest in it. */
    void start() throws IOException {
        Cleanup scope = rig.cleanup().scope();
        Path socket = rig.directory().resolve("xenstored.sock");
        Files.deleteIfExists(socket);
        FakeXenstored store = scope.make(() -> new FakeXenstored(socket), FakeXenstored::close);
        int port = freePort();
        long begin = System.nanoTime();
        Server bridge = start(scope, BridgeProcess.command(socket, rig.directory(), port));
        Retry.until(PATIENCE_SECONDS, () -> {
            if (!WATCHED.stream().allMatch(store::isWatched)) {
                throw bridge.failure("does not watch xenstore");
            }
        });
        figures.add(Form.BRIDGE, Figure.WATCHES, (System.nanoTime() - begin) / NANOS_PER_MILLI);
        figures.add(Form.BRIDGE, Figure.START_CPU, ProcessUsage.of(bridge.pid()).tickNanos() / NANOS_PER_MILLI);
        if (!bridge.maps(BridgeProcess.CACHE.getFileName().toString())) {
            throw bridge.failure("does not use its cache: run bin/package");
        }
        rig.cleanup().release(scope);
    }

    /** The same with guests beside it in the process, all of which load their disks; so their memory is counted too. */
    void serve(Path image) throws IOException {
        Started backend = Started.start(rig.cleanup(), Form.PEER, Figure.GUESTS, image, rig.directory());
        int port = freePort();
        Server bridge = start(rig.cleanup(), BridgeProcess.withGuests(backend.sockets(), rig.directory(), port));
        Retry.until(PATIENCE_SECONDS, () -> {
            if (values(port, CONNECTED).stream().mapToDouble(value -> value).sum() < Figure.GUESTS) {
                throw bridge.failure("does not connect its guests");
            }
        });
        try (var watch = MemoryWatch.start(bridge.pid())) {
            Rounds.pause(lengths.settle().plus(lengths.load()));
            if (values(port, ANSWERED).stream().mapToDouble(value -> value).sum() < 1000 * Figure.GUESTS) {
                throw bridge.failure("does not serve its guests");
            }
            figures.add(Form.BRIDGE, Figure.FOUR_GUESTS, watch.mostMegabytes());
        }
        rig.cleanup().release(bridge);
        rig.cleanup().release(backend.server());
    }

    private Server start(Cleanup scope, List<String> command) throws IOException {
        return Server.start(scope, Pin.OFF, rig.directory().resolve("bridge.log"), command);
    }

    /** Of all lines of its metrics that begin so. */
    private static List<Double> values(int port, String name) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + port + "/actuator/prometheus").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(name))
                    .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))).toList();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
