package dev.isthmus.bench.blk;

import dev.isthmus.bench.blk.SpreadLoad.Outcome;
import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.rig.Disturbance;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/bench scale}. */
@Command(name = "scale", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 100,
        description = {"What an I/O costs with 1, 4 and 16 devices in one process, and with 1, 2 and 4 queues: 4 KiB"
                + " random reads of a null store that fills nothing, by a client for each device, which sleeps. Each"
                + " device has the load that the single one has, or they share it.", "",
            "Exit status 0: measured, and 16 devices with the load of one each cost at most "
                    + ScaleResult.GROWTH_MAX + " times its CPU per I/O; 1: more, or something failed; 2: a bad option.",
            ""})
public final class ScaleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--depth", paramLabel = "N", description = "requests in flight in each device; 32 by default")
    private int depth = 32;

    @Option(names = "--json", description = "JSON on stdout, not the table")
    private boolean json;

    @Mixin
    private MeasureOptions options = new MeasureOptions();

    @Override
    public Integer call() throws IOException {
        Settings settings = options.settings();
        settings.pin().apply();
        var disturbance = Disturbance.begin();
        Rig rig = Rig.open(spec.commandLine().getErr());
        List<ScaleResult> results;
        try (rig) {
            results = measure(settings, rig);
        } catch (IOException e) {
            throw rig.cleanup().isInterrupted() ? new IOException("interrupted", e) : e;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(ScaleResult.json(results));
        } else {
            Report.heading(settings).forEach(out::println);
            out.println();
            out.println(ScaleResult.table(results));
            out.printf(Locale.ROOT, "meanwhile others, the kernel's threads included, kept %.2f CPUs busy%n",
                    disturbance.processors());
        }
        boolean met = true;
        for (ScaleResult result : results) {
            if (!result.isMet(results.getFirst())) {
                met = false;
                rig.say("MISS  " + result.spread().name() + ": more than " + ScaleResult.GROWTH_MAX
                        + " times the CPU per I/O of one device");
            }
        }
        out.flush();
        return met && rig.isClean() ? 0 : 1;
    }

    private List<ScaleResult> measure(Settings settings, Rig rig) throws IOException {
        List<Spread> spreads = Spread.all(depth);
        var pairs = new ArrayList<Pair>();
        var results = new ArrayList<ScaleResult>();
        for (Spread spread : spreads) {
            Path directory = Files.createDirectory(rig.directory().resolve(Integer.toString(pairs.size())));
            pairs.add(Pair.start(rig.cleanup(), settings, Store.NULL, spread.devices(), directory));
            results.add(new ScaleResult(spread, new EnumMap<>(Map.of(Side.OURS, new ArrayList<>(), Side.PEER,
                    new ArrayList<>())), new EnumMap<>(Side.class)));
        }
        for (int round = 0; round <= settings.rounds(); round++) { // the first only warms up
            rig.say("round " + round + " of " + settings.rounds());
            for (int i = 0; i < spreads.size(); i++) {
                for (Side side : round % 2 == 0 ? List.of(Side.OURS, Side.PEER) : List.of(Side.PEER, Side.OURS)) {
                    var load = new SpreadLoad(BlkLoad::run, settings, pairs.get(i), spreads.get(i));
                    Duration warmUp = round == 0 ? settings.firstWarmUp() : settings.warmUp();
                    Outcome outcome = load.measure(side, warmUp, settings.duration());
                    if (round > 0) {
                        results.get(i).outcomes().getOrDefault(side, List.of()).add(outcome);
                    }
                }
            }
        }
        for (int i = 0; i < spreads.size(); i++) {
            for (Side side : Side.values()) {
                results.get(i).kilobytes().put(side, ProcessUsage.residentKilobytes(pairs.get(i).server(side).pid()));
            }
        }
        return results;
    }
}
