package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Disturbance;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/bench net}. */
@Command(name = "net", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 100,
        showDefaultValues = true, description = {
            "Our network back-end beside DPDK's, driven by one and the same front-end, in rounds whose order changes."
                    + " Both copy every frame, and each side has one processor. And beside QEMU's own card in the same"
                    + " guest: TCP to its host.", "",
            "A case is g2h (guest to host) or h2g and the bytes of a frame, or tcp and one of them: g2h-64, g2h-1518,"
                    + " h2g-64, h2g-1518, tcp-g2h, tcp-h2g.", "",
            "Exit status 0: measured, and all goals met; 1: a goal was missed, or something failed; 2: a bad option.",
            ""})
public final class NetCommand implements Callable<Integer> {
    private static final int QUICK_ROUNDS = 3;
    private static final double QUICK_SECONDS = 0.5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--case", paramLabel = "GLOB", description = "only cases like this, in quotes; can be repeated")
    private List<String> globs = List.of("*");

    @Option(names = "--list", description = "say which cases that is, and end")
    private boolean list;

    @Option(names = "--json", description = "JSON on stdout, not the table")
    private boolean json;

    @Option(names = "--rounds", paramLabel = "N", description = "rounds for each case")
    private int rounds = 7;

    @Option(names = "--seconds", paramLabel = "S", description = "length of one measurement")
    private double seconds = 1;

    @Option(names = "--warm-up", paramLabel = "S", description = "load before each measurement")
    private double warmUp = 0.5;

    @Option(names = "--first-warm-up", paramLabel = "S", description = "load on each before a case's first round")
    private double firstWarmUp = 4;

    @Option(names = "--quick", description = "3 rounds of half a second: to try it, not to judge by it")
    private boolean quick;

    @Option(names = "--pin", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "back-ends on CPU 0 and the front-end on CPU 1")
    private boolean pin = true;

    @Override
    public Integer call() throws IOException {
        List<Flow> flows = Flow.all().stream().filter(flow -> globs.stream().anyMatch(flow::matches)).toList();
        if (flows.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no case is like this; --list shows all");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            flows.forEach(flow -> out.println(flow.name()));
            return 0;
        }
        if (rounds < 1 || seconds <= 0 || warmUp < 0 || firstWarmUp < 0) {
            throw new ParameterException(spec.commandLine(), "at least one round, of some time");
        }
        Pin processors = pin ? Pin.ON : Pin.OFF;
        var settings = new Comparison.Settings(quick ? QUICK_ROUNDS : rounds, duration(warmUp), duration(quick
                ? QUICK_SECONDS : seconds), duration(firstWarmUp), processors);
        var disturbance = Disturbance.begin();
        Rig rig = Rig.open(spec.commandLine().getErr());
        var results = new ArrayList<FlowResult>();
        try (rig) {
            Path root = Path.of(System.getProperty("isthmus.root", ".")).toAbsolutePath();
            // Before this program and what it starts are moved to one processor.
            List<Flow> tcp = flows.stream().filter(flow -> flow.unit() == Unit.TCP).toList();
            if (!tcp.isEmpty()) {
                results.addAll(new TcpComparison(settings, root, rig).run(tcp));
            }
            List<Flow> frames = flows.stream().filter(flow -> flow.unit() == Unit.FRAMES).toList();
            if (!frames.isEmpty()) {
                processors.apply();
                results.addAll(new Comparison(settings, root, rig).run(frames));
            }
        } catch (IOException e) {
            throw rig.cleanup().isInterrupted() ? new IOException("interrupted", e) : e;
        }
        double others = disturbance.processors();
        out.print(json ? Report.json(results) : Report.text(processors, results, others));
        out.flush();
        List<String> missed = results.stream().flatMap(result -> result.missed().stream().map(goal -> goal.verdict(
                result))).toList();
        if (json) {
            missed.forEach(rig::say);
        }
        return missed.isEmpty() && rig.isClean() ? 0 : 1;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis((long) (1000 * seconds));
    }
}
