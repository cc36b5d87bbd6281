package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.ProcessClock;
import dev.isthmus.bench.rig.Rig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Takes the cases of TCP: one guest for all, whose cards are measured by turns. */
final class TcpComparison {
    private static final double MILLIS = 1e3;

    private final Comparison.Settings settings;
    private final Path root;
    private final Rig rig;

    TcpComparison(Comparison.Settings settings, Path root, Rig rig) {
        this.settings = settings;
        this.root = root;
        this.rig = rig;
    }

    List<FlowResult> run(List<Flow> flows) throws IOException {
        rig.say("boots a guest with two cards");
        Cleanup scope = rig.cleanup().scope();
        TcpGuest guest = TcpGuest.boot(scope, root, rig.directory());
        var results = new ArrayList<FlowResult>();
        for (Flow flow : flows) {
            rig.say(flow.name());
            FlowResult result = run(guest, flow);
            rig.say("        rate ratio %.2f, CPU ratio %.2f".formatted(result.ratio(Metric.RATE), result
                    .ratio(Metric.COST)));
            results.add(result);
        }
        rig.cleanup().release(scope);
        return results;
    }

    private FlowResult run(TcpGuest guest, Flow flow) throws IOException {
        var ours = new ArrayList<Figures>();
        var peers = new ArrayList<Figures>();
        for (Side side : Side.values()) {
            measure(guest, flow, side, settings.firstWarmUp());
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            // Who comes first changes, so that nobody always has the machine the other left behind.
            for (Side side : round % 2 == 1 ? List.of(Side.OURS, Side.PEER) : List.of(Side.PEER, Side.OURS)) {
                (side == Side.OURS ? ours : peers).add(measure(guest, flow, side, settings.duration()));
            }
        }
        return new FlowResult(flow, ours, peers);
    }

    private static Figures measure(TcpGuest guest, Flow flow, Side side, Duration duration) throws IOException {
        List<ProcessClock> clocks = guest.pids(side).stream().map(ProcessClock::new).toList();
        clocks.forEach(clock -> clock.accept(true));
        String said = guest.transfer(side, flow.toHost(), duration.toMillis() / MILLIS);
        clocks.forEach(clock -> clock.accept(false));
        JsonNode received = JsonMapper.shared().readTree(said).path("end").path("sum_received");
        double seconds = received.path("seconds").asDouble(0);
        double gigabits = received.path("bytes").asDouble(0) * Byte.SIZE / 1e9;
        if (seconds <= 0 || gigabits <= 0) {
            throw new IOException("iperf3 says: " + said);
        }
        double busy = clocks.stream().mapToLong(ProcessClock::nanos).sum() / 1e9;
        // What was spent before and after the transfer belongs to it.
        return flow.unit().figures(gigabits / seconds, busy / seconds);
    }
}
