package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that tests call. */
final class Tool {
    private static final long PATIENCE_SECONDS = 30;

    /** How a program ended. */
    record Result(int status, String output) {}

    private Tool() {}

    /** Runs to the end; output and errors together. */
    static Result run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(List.of(command) + " does not end");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
        return new Result(process.exitValue(), output);
    }

    /** The same, for what has to work; returns the output. */
    static String mustRun(String... command) throws IOException {
        Result result = run(command);
        if (result.status() != 0) {
            throw new IOException(List.of(command) + " failed: " + result.output());
        }
        return result.output().strip();
    }
}
