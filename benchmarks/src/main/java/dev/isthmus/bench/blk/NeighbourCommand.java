package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Disturbance;
import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/bench neighbour}. */
@Command(name = "neighbour", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 100,
        description = {"What is left of a device's IOPS while another device of the same process hangs: 4 KiB random"
                + " reads of an image on tmpfs by a client that sleeps, 32 in flight, beside 32 writes to an image on a"
                + " file system that the kernel has frozen, and beside a device at rest, in turns; with epoll and with"
                + " io_uring. The peer's options mean nothing here.", "",
            "Exit status 0: measured, and at least " + NeighbourResult.KEPT_LEAST + " is left; 1: less, or something"
                    + " failed; 2: a bad option.",
            ""})
public final class NeighbourCommand implements Callable<Integer> {
    private static final List<String> TRANSPORTS = List.of("epoll", "io_uring");

    @Spec
    private CommandSpec spec = CommandSpec.create();

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
        List<NeighbourResult> results = new ArrayList<>();
        try (rig) {
            for (String transport : TRANSPORTS) {
                results.add(measure(settings, rig, transport));
            }
        } catch (IOException e) {
            throw rig.cleanup().isInterrupted() ? new IOException("interrupted", e) : e;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(NeighbourResult.json(results));
        } else {
            Report.heading(settings).stream().filter(line -> !line.startsWith("peer")).forEach(out::println);
            out.println();
            out.println(NeighbourResult.table(results));
            out.printf(Locale.ROOT, "meanwhile others, the kernel's threads included, kept %.2f CPUs busy%n",
                    disturbance.processors());
        }
        results.stream().filter(result -> !result.isMet()).forEach(result -> rig.say("MISS  " + result.transport()
                + ": less than " + NeighbourResult.KEPT_LEAST + " of the IOPS is left"));
        out.flush();
        return results.stream().allMatch(NeighbourResult::isMet) && rig.isClean() ? 0 : 1;
    }

    private static NeighbourResult measure(Settings settings, Rig rig, String transport) throws IOException {
        Path directory = Files.createDirectory(rig.directory().resolve(transport));
        Neighbours neighbours = Neighbours.start(rig, settings, transport, directory);
        var result = new NeighbourResult(transport, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round <= settings.rounds(); round++) { // the first only warms up
            boolean calmFirst = round % 2 == 0;
            Duration warmUp = round == 0 ? settings.firstWarmUp() : settings.warmUp();
            double first = calmFirst ? neighbours.calm(warmUp) : 0;
            Neighbours.Beside beside = neighbours.besideHung(settings.warmUp());
            double calm = calmFirst ? first : neighbours.calm(warmUp);
            rig.say(transport + ", round " + round + " of " + settings.rounds() + ": " + Numbers.brief(calm) + ", "
                    + Numbers.brief(beside.iops()));
            if (round > 0) {
                result.calmIops().add(calm);
                result.hungIops().add(beside.iops());
                result.hungProcessors().add(beside.processors());
            }
        }
        return result;
    }
}
