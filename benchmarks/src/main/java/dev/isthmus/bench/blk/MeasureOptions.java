package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadSpec;
import dev.isthmus.bench.rig.Pin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How it is measured, and how the servers are started: what several commands understand. */
final class MeasureOptions {
    private static final int ROUNDS = 7;
    private static final int QUICK_ROUNDS = 3;
    private static final double SECONDS = 1;
    private static final double QUICK_SECONDS = 0.5;
    private static final double LEAST_SECONDS = 0.1;

    /** Of the command that has these options. */
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--rounds", paramLabel = "N", description = "rounds for each case; " + ROUNDS + " by default")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "length of one measurement; 1 by default")
    private @Nullable Double seconds;

    @Option(names = "--quick", description = QUICK_ROUNDS + " rounds of half a second: to try it, not to judge by it")
    private boolean quick;

    @Option(names = "--warm-up", paramLabel = "S", description = "load before each measurement; 0.3 by default")
    private double warmUp = 0.3;

    @Option(names = "--first-warm-up", paramLabel = "S",
            description = "load on each server before a case's first round; 2 by default")
    private double firstWarmUp = 2;

    @Option(names = "--think", paramLabel = "MICROSECONDS",
            description = "what an event client at depth 1 needs from an answer to its next request; 5 by default")
    private double think = LoadSpec.THINK.toNanos() / 1e3;

    @Option(names = "--pin", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "servers on CPU 0 and the client on CPU 1; on by default")
    private boolean pin = true;

    @Option(names = "--peer-aio", paramLabel = "KIND",
            description = "the peer's I/O on the O_DIRECT device: threads, native or io_uring; by default native")
    private String peerAio = "native";

    @Option(names = "--peer-iothread", negatable = true, defaultValue = "false", fallbackValue = "true",
            description = "the peer's export in a thread of its own, which polls adaptively; off by default")
    private boolean peerIothread;

    @Option(names = "--transport", paramLabel = "KIND", description = "our back-end's transport=KIND")
    private @Nullable String transport;

    @Option(names = "--poll-us", paramLabel = "N", description = "our back-end's poll-us=N")
    private @Nullable Integer pollMicros;

    @Option(names = "--disk", paramLabel = "DIR",
            description = "where the thin disks of --store=rocksdb are made; by default with temporary files")
    private @Nullable Path disk;

    @Option(names = "--ours", paramLabel = "KEY=VALUE,...", description = "more keys for our back-end's --device")
    private @Nullable String more;

    Settings settings() {
        expect(rounds == null || rounds > 0, "--rounds: at least 1");
        expect(seconds == null || seconds >= LEAST_SECONDS, "--seconds: at least " + LEAST_SECONDS);
        expect(warmUp >= 0 && firstWarmUp >= LEAST_SECONDS, "--warm-up: not negative; --first-warm-up: at least "
                + LEAST_SECONDS);
        expect(think >= 0, "--think: not negative");
        var keys = new ArrayList<String>();
        add(keys, "transport=", transport);
        add(keys, "poll-us=", pollMicros);
        add(keys, "", more);
        return new Settings(rounds != null ? rounds : quick ? QUICK_ROUNDS : ROUNDS,
                Duration.ofNanos((long) (1000 * think)), duration(warmUp),
                duration(seconds != null ? seconds : quick ? QUICK_SECONDS : SECONDS), duration(firstWarmUp),
                pin ? Pin.ON : Pin.OFF,
                new OurOptions(Path.of(System.getProperty("isthmus.root", ".")).toAbsolutePath(), String.join(",",
                        keys)),
                new PeerOptions(peerAio, peerIothread), disk);
    }

    private void expect(boolean right, String otherwise) {
        if (!right) {
            throw new ParameterException(command.commandLine(), otherwise);
        }
    }

    private static void add(List<String> keys, String key, @Nullable Object value) {
        if (value != null) {
            keys.add(key + value);
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis((long) (1000 * seconds));
    }
}
