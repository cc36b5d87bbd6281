package dev.isthmus.bench.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code bin/bench jmh}: JMH with defaults that take a minute. */
@Command(name = "jmh", usageHelpWidth = 100, customSynopsis = "bench jmh [--help] [JMH's OPTIONS] [REGEX...]",
        description = {"The hot path piece by piece, by JMH: the virtqueue, address translation, parsing, decoding.",
            "Without options 1 fork, 3 x 0.5 s of warm-up and 5 x 0.5 s of measurement each: about a minute.", "",
            "All options are JMH's: -l lists, -prof gc shows allocation, -rf json -rff FILE writes a file, -h has"
                    + " the rest."})
public final class JmhCommand implements Callable<Integer> {
    private static final TimeValue ITERATION = TimeValue.milliseconds(500);
    private static final int WARM_UPS = 3;
    private static final int MEASUREMENTS = 5;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "print this and end")
    private boolean help;

    /** Of a kind that picocli can add to. */
    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() throws IOException, RunnerException {
        try {
            var options = new CommandLineOptions(words.toArray(String[]::new));
            if (options.shouldHelp()) {
                options.showHelp();
            } else if (options.shouldList()) {
                new Runner(options).list();
            } else {
                new Runner(withDefaults(options)).run();
            }
            return 0;
        } catch (CommandLineOptionException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Options withDefaults(CommandLineOptions given) {
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given).timeUnit(given.getTimeUnit().orElse(
                TimeUnit.NANOSECONDS));
        options.forks(given.getForkCount().orElse(1));
        options.warmupIterations(given.getWarmupIterations().orElse(WARM_UPS));
        options.warmupTime(given.getWarmupTime().orElse(ITERATION));
        options.measurementIterations(given.getMeasurementIterations().orElse(MEASUREMENTS));
        options.measurementTime(given.getMeasurementTime().orElse(ITERATION));
        options.shouldFailOnError(true);
        return options.build();
    }
}
