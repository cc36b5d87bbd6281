package dev.isthmus.bench;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/bench load}: one load on one back-end that is already there. */
@Command(name = "load", description = "Puts load on a vhost-user-blk back-end; prints one line.",
        mixinStandardHelpOptions = true, showDefaultValues = true)
final class LoadCommand implements Callable<Integer> {
    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "where the back-end listens")
    private Path socket = Path.of("");

    @Option(names = "--queues", paramLabel = "N", description = "queues that are used")
    private int queues = 1;

    @Option(names = "--depth", paramLabel = "N", description = "requests in flight in each queue")
    private int depth = 32;

    @Option(names = "--pattern", description = "${COMPLETION-CANDIDATES}")
    private LoadPattern pattern = LoadPattern.RANDREAD;

    @Option(names = "--block", paramLabel = "BYTES", description = "of each request")
    private int block = 4096;

    @Option(names = "--poll", description = "look at the used rings all the time instead of sleeping")
    private boolean poll;

    @Option(names = "--think", paramLabel = "MICROSECONDS",
            description = "from an answer to the next request, at depth 1 without --poll")
    private double think = LoadSpec.THINK.toNanos() / 1e3;

    @Option(names = "--seconds", paramLabel = "N", description = "how long is counted")
    private double seconds = 3;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "load before that")
    private double warmUp = 2;

    @Option(names = "--cpu", paramLabel = "N", description = "CPU of the client's thread; -1: any")
    private int cpu = -1;

    @Option(names = "--flush-every", paramLabel = "N", description = "a flush after so many writes; 0: none")
    private int flushEvery;

    @Option(names = "--check", description = "what data is compared with: ${COMPLETION-CANDIDATES}")
    private LoadCheck check = LoadCheck.NONE;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
        LoadSpec spec = new LoadSpec(socket, queues, depth, pattern, block, poll, duration(think / 1e6),
                duration(warmUp), duration(seconds), cpu, check, 1, flushEvery);
        try {
            LoadResult result = BlkLoad.run(spec, _ -> {});
            command.commandLine().getOut().println(line(spec, result));
            return result.errors() + result.mismatches() == 0 ? 0 : 1;
        } catch (IOException | IllegalArgumentException e) {
            command.commandLine().getErr().println("bench load: " + e.getMessage());
            return 1;
        }
    }

    private static String line(LoadSpec spec, LoadResult result) {
        return String.format(Locale.ROOT,
                "%s %d B, %d x %d, %s: %.0f IOPS, p50 %.1f us, p99 %.1f us, p99.9 %.1f us, %d errors,"
                        + " %d of %d checked wrong",
                spec.pattern().name().toLowerCase(Locale.ROOT), spec.blockBytes(), spec.queues(), spec.depth(),
                spec.poll() ? "polling" : "sleeping", result.iops(), result.p50Micros(), result.p99Micros(),
                result.p999Micros(), result.errors(), result.mismatches(), result.checked());
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
