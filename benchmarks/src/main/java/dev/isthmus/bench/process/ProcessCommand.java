package dev.isthmus.bench.process;

import dev.isthmus.bench.rig.Disturbance;
import dev.isthmus.bench.rig.Machine;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/bench process}. */
@Command(name = "process", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 100,
        description = {"How long a process takes to start, and what it costs to have one: ours with its AOT cache, ours"
                + " from the jar alone, and qemu-storage-daemon; and the Xen bridge. Needs bin/package before. See"
                + " docs/benchmarks.md.", "",
            "Exit status 0: measured, and all goals met; 1: a goal was missed, or something failed; 2: a bad option.",
            ""})
public final class ProcessCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--rounds", paramLabel = "N", description = "5 by default")
    private int rounds = 5;

    @Option(names = "--devices", paramLabel = "N", description = "many devices; 32 by default")
    private int devices = 32;

    @Option(names = "--load", paramLabel = "S", description = "length of each load; 3 by default")
    private double loadSeconds = 3;

    @Option(names = "--idle", paramLabel = "S", description = "how long idle devices are watched; 20 by default")
    private double idleSeconds = 20;

    @Option(names = "--settle", paramLabel = "S",
            description = "from health to the look at the memory; 6 by default, since the C library's heap is trimmed"
                    + " every 5 s")
    private double settleSeconds = 6;

    @Option(names = "--json", description = "JSON on stdout, not the table")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        for (Path cache : List.of(OurProcess.CACHE, BridgeProcess.CACHE)) {
            if (!Files.exists(cache)) {
                throw new IOException("there is no " + cache + ": run bin/package");
            }
        }
        if (devices < 2 || rounds < 1) {
            throw new IOException("two devices and one round are the least");
        }
        var disturbance = Disturbance.begin();
        Rig rig = Rig.open(spec.commandLine().getErr());
        ProcessFigures figures;
        try (rig) {
            figures = measure(rig);
        } catch (IOException e) {
            throw rig.cleanup().isInterrupted() ? new IOException("interrupted", e) : e;
        }
        PrintWriter out = spec.commandLine().getOut();
        List<ProcessGoal> missed = ProcessGoal.ALL.stream().filter(goal -> !goal.isMet(figures)).toList();
        if (json) {
            out.print(figures.json());
            missed.forEach(goal -> rig.say(goal.verdict(figures)));
        } else {
            print(out, figures, disturbance.processors());
        }
        out.flush();
        return missed.isEmpty() && rig.isClean() ? 0 : 1;
    }

    private ProcessFigures measure(Rig rig) throws IOException {
        var all = new Rounds(rig, new Rounds.Lengths(duration(settleSeconds), duration(loadSeconds),
                duration(idleSeconds), devices));
        all.warmUp();
        for (int round = 1; round <= rounds; round++) {
            rig.say("round " + round + " of " + rounds);
            all.round(round);
        }
        return all.figures();
    }

    private void print(PrintWriter out, ProcessFigures figures, double others) {
        out.println("cache, jar: ours with and without its AOT cache; peer: "
                + Tool.version(Form.PEER_PROGRAM, "--version"));
        out.println("bridge: isthmus-xen with its AOT cache; guests, grants and event channels are in its own memory");
        out.println("on: " + Machine.describe() + "; medians of " + rounds + " rounds; many devices: " + devices);
        out.println();
        out.println(figures.table());
        out.println("memory: RssAnon + RssFile, the most while it was looked at; reads and writes of 4 KiB, an image on"
                + " a tmpfs");
        out.printf(Locale.ROOT, "meanwhile others, the kernel's threads included, kept %.2f CPUs busy%n%n", others);
        ProcessGoal.ALL.forEach(goal -> out.println(goal.verdict(figures)));
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis((long) (1000 * seconds));
    }
}
