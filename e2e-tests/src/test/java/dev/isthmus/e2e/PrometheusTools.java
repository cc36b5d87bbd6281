package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Debian's Prometheus and promtool, unpacked on first use. */
final class PrometheusTools {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(6);

    private static final Path DIRECTORY = Host.ROOT.resolve("target/prometheus");

    private PrometheusTools() {
    }

    private static Path program(String name) throws IOException, InterruptedException {
        Host.run(BUILD_LIMIT, Host.ROOT.resolve("e2e-tests/deploy/prometheus.sh").toString(), DIRECTORY.toString());
        return DIRECTORY.resolve("root/usr/bin").resolve(name).toAbsolutePath();
    }

    static Path prometheus() throws IOException, InterruptedException {
        return program("prometheus");
    }

    /** Runs promtool to its end, and fails unless it finds nothing wrong. */
    static String promtool(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = program("promtool").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Host.run(command);
    }

    /** What {@code promtool check metrics} has to say about a scrape: nothing, if form and names are right. */
    static String checkMetrics(String scrape) throws IOException, InterruptedException {
        Path input = Files.createTempFile("isthmus-scrape", ".txt");
        try {
            Files.writeString(input, scrape);
            Process process = new ProcessBuilder(program("promtool").toString(), "check", "metrics").redirectInput(input
                    .toFile()).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(10, TimeUnit.SECONDS);
            return said.strip();
        } finally {
            Files.deleteIfExists(input);
        }
    }
}
