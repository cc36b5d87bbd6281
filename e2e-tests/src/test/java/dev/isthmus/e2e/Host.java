package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The source tree, and programs of the host that are run to their end. */
final class Host {

    /** The root of the source tree. */
    static final Path ROOT = Path.of(System.getProperty("isthmus.root", ".."));

    /** Logs of guests and back-ends stay here after the tests. */
    static final Path LOGS = ROOT.resolve("e2e-tests/target/e2e-logs");

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Host() {
    }

    /** Runs a program, at most a minute, and returns what it wrote; an exit status other than 0 fails the test. */
    static String run(String... command) throws IOException, InterruptedException {
        return run(LIMIT, command);
    }

    static String run(Duration limit, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("isthmus-e2e-", ".out");
        try {
            var builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
            builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
            builder.redirectOutput(output.toFile()).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null")
                    .toFile()));
            Process process = builder.start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + ": not over after " + limit);
            }
            String text = Files.readString(output).strip();
            if (process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": exit status " + process.exitValue() + "\n"
                        + text);
            }
            return text;
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** Runs a program where something is undone, whatever interrupts a test. */
    static void undo(String... command) {
        try {
            run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A new log file, its name beginning with {@code name}. */
    static Path log(String name) throws IOException {
        Files.createDirectories(LOGS);
        return Files.createTempFile(LOGS, name + "-", ".log");
    }
}
