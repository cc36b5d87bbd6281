package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that tests call. */
final class Tool {
    private static final long PATIENCE_SECONDS = 30;

    /** How a program ended. */
    record Result(int status, String output) {}

    private Tool() {}

    /** Runs to the end; output and errors together, by way of a file, so that a program that hangs is noticed. */
    static Result run(String... command) throws IOException {
        Path output = Files.createTempFile("isthmus-tool", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(List.of(command) + " does not end: " + Files.readString(output));
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                process.destroyForcibly();
            }
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
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
