package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the machine that do one thing and end. */
public final class Tool {
    private static final int LIMIT_SECONDS = 60;

    private Tool() {}

    /**
     * Runs a program and returns what it printed.
     *
     * @throws IOException when it ends with another status than 0, or not at all; the message has its output
     */
    public static String run(String... command) throws IOException {
        return runFor(LIMIT_SECONDS, command);
    }

    /** The same for one that may take longer. */
    public static String runFor(double seconds, String... command) throws IOException {
        Path output = Files.createTempFile("isthmus-bench-", ".out");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .redirectInput(Path.of("/dev/null").toFile()).start();
            boolean ended = waitFor(process, seconds);
            String text = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
            if (!ended) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " has not ended after " + seconds + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " ended with status " + process.exitValue() + ": "
                        + text);
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }

    /** Waits for the end of a process; whoever is interrupted meanwhile goes on waiting, and stays interrupted. */
    public static boolean waitFor(Process process, double seconds) {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The first line of what a program prints; its name and "unknown" if it does not work. */
    public static String version(String... command) {
        try {
            return run(command).lines().findFirst().orElse("");
        } catch (IOException e) {
            return List.of(command).getFirst() + ", version unknown";
        }
    }
}
