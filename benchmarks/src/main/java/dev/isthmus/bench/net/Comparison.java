package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.ProcessClock;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes the cases of frames one after the other; both back-ends are started anew for each, and measured by turns. */
final class Comparison {
    /**
     * How it is measured.
     *
     * @param rounds in each, both back-ends are measured once
     * @param warmUp before each measurement
     * @param duration of each
     * @param firstWarmUp of both before a case's first round
     */
    record Settings(int rounds, Duration warmUp, Duration duration, Duration firstWarmUp, Pin pin) {}

    private final Settings settings;
    private final Path root;
    private final Testpmd testpmd;
    private final Rig rig;

    Comparison(Settings settings, Path root, Rig rig) throws IOException {
        this.settings = settings;
        this.root = root;
        this.testpmd = Testpmd.build(root);
        this.rig = rig;
    }

    List<FlowResult> run(List<Flow> flows) throws IOException {
        var results = new ArrayList<FlowResult>();
        for (Flow flow : flows) {
            rig.say("[%d/%d] %s".formatted(results.size() + 1, flows.size(), flow.name()));
            Cleanup scope = rig.cleanup().scope();
            FlowResult result = run(scope, flow);
            rig.cleanup().release(scope);
            rig.say("        rate ratio %.2f, CPU ratio %.2f".formatted(result.ratio(Metric.RATE), result
                    .ratio(Metric.COST)));
            results.add(result);
        }
        return results;
    }

    private FlowResult run(Cleanup scope, Flow flow) throws IOException {
        Map<Side, Server> servers = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            List<String> command = side == Side.PEER ? testpmd.backend(socket(flow, side), flow, settings.pin())
                    : ours(socket(flow, side), flow);
            Server server = Server.start(scope, settings.pin(), rig.directory().resolve(flow.name() + "-" + side
                    .text() + ".log"), command);
            server.awaitListening(socket(flow, side));
            servers.put(side, server);
        }
        Map<Side, List<Figures>> figures = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            figures.put(side, new ArrayList<>());
            measure(scope, servers, flow, side, settings.firstWarmUp());
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            // Who comes first changes, so that nobody always has the machine the other left behind.
            for (Side side : round % 2 == 1 ? List.of(Side.OURS, Side.PEER) : List.of(Side.PEER, Side.OURS)) {
                figures.getOrDefault(side, List.of()).add(measure(scope, servers, flow, side, settings.warmUp()));
            }
        }
        return new FlowResult(flow, figures.getOrDefault(Side.OURS, List.of()), figures.getOrDefault(Side.PEER, List
                .of()));
    }

    private List<String> ours(Path socket, Flow flow) {
        return List.of(root.resolve("bin/isthmus-net").toString(), "--log-level=warn", "--device", "socket-path="
                + socket + ",uplink=null" + (flow.toHost() ? "" : ",frame-bytes=" + flow.frameBytes()));
    }

    private Path socket(Flow flow, Side side) {
        return rig.directory().resolve(flow.name() + "-" + side.text() + ".sock");
    }

    private Figures measure(Cleanup scope, Map<Side, Server> servers, Flow flow, Side side, Duration warmUp)
            throws IOException {
        Server server = servers.get(side);
        if (server == null) {
            throw new IllegalStateException("no server");
        }
        for (Server other : servers.values()) {
            // The peer polls even when no front-end is there, on the processor the other one is measured on.
            if (other != server) {
                other.hold();
            }
        }
        server.goOn();
        FrontendRun frontend = FrontendRun.start(scope, rig.directory().resolve("frontend.log"), testpmd.frontend(
                socket(flow, side), flow, settings.pin()));
        try {
            frontend.framesPerSecond(flow, warmUp, () -> {}, () -> {});
            var clock = new ProcessClock(server.pid());
            long[] nanos = new long[2];
            double rate = frontend.framesPerSecond(flow, settings.duration(), () -> {
                clock.accept(true);
                nanos[0] = System.nanoTime();
            }, () -> {
                clock.accept(false);
                nanos[1] = System.nanoTime();
            });
            if (rate == 0) {
                throw server.failure("moves no frame");
            }
            return flow.unit().figures(rate / 1e6, (double) clock.nanos() / (nanos[1] - nanos[0]));
        } finally {
            scope.release(frontend);
        }
    }
}
