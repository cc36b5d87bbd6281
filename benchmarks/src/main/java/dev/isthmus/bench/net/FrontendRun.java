package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** A testpmd that is told what to do: the front-end of one measurement. */
final class FrontendRun {
    private static final double STOP_SECONDS = 5;
    private static final double ANSWER_SECONDS = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String PROMPT = "testpmd> ";

    private final Process process;
    private final Path log;

    private FrontendRun(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it and waits until it moves frames. */
    static FrontendRun start(Cleanup cleanup, Path log, List<String> command) throws IOException {
        FrontendRun run = cleanup.make(() -> new FrontendRun(new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start(), log), FrontendRun::stop);
        run.awaitPrompts(1);
        return run;
    }

    /** Waits; then the frames a second since, by the program's own clock. */
    double framesPerSecond(Flow flow, Duration duration, Runnable began, Runnable ended) throws IOException {
        show();
        began.run();
        LockSupport.parkNanos(duration.toNanos());
        String answer = show();
        ended.run();
        Pattern rate = Pattern.compile((flow.toHost() ? "Tx" : "Rx") + "-pps: *([0-9]+)");
        return rate.matcher(answer).results().reduce((first, second) -> second)
                .map(match -> Double.parseDouble(match.group(1)))
                .orElseThrow(() -> new IOException("testpmd tells no rate: " + answer));
    }

    private String show() throws IOException {
        int prompts = prompts();
        process.getOutputStream().write("show port stats 0\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        awaitPrompts(prompts + 1);
        return output();
    }

    private String output() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    private int prompts() throws IOException {
        return output().split(Pattern.quote(PROMPT), -1).length - 1;
    }

    private void awaitPrompts(int wanted) throws IOException {
        long deadline = System.nanoTime() + (long) (ANSWER_SECONDS * 1e9);
        while (prompts() < wanted) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("testpmd says nothing more:\n" + output());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void stop() throws IOException {
        process.destroy();
        if (!Tool.waitFor(process, STOP_SECONDS)) {
            process.destroyForcibly();
        }
    }
}
