package dev.isthmus.e2e;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A real Prometheus that scrapes processes of ours once a second, with the alerting rules that are shipped. */
final class PrometheusServer implements AutoCloseable {

    /** The windows of rates: enough scrapes for one. */
    static final String RATE_WINDOW = "10s";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Program program;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private PrometheusServer(Program program, int port) {
        this.program = program;
        this.port = port;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /**
     * @param targets as HOST:PORT
     * @param rules the times for which alerts wait are shortened: those are tested by promtool
     */
    static PrometheusServer start(Path directory, List<String> targets, Path rules)
            throws IOException, InterruptedException {
        Path quick = Files.writeString(directory.resolve("rules.yml"), Files.readString(rules).replaceAll(
                "(?m)^( +for:) .*$", "$1 1s"));
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
                rule_files: [%s]
                scrape_configs:
                  - job_name: isthmus
                    metrics_path: /actuator/prometheus
                    static_configs: [ { targets: [%s] } ]
                """.formatted(quick, String.join(", ", targets.stream().map(target -> '"' + target + '"').toList())));
        int port = freePort();
        var server = new PrometheusServer(Program.start(Host.log("prometheus"), List.of(PrometheusTools.prometheus()
                .toString(), "--config.file=" + configuration, "--storage.tsdb.path=" + directory.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port)), port);
        try {
            server.await("up", answer -> answer.size() == targets.size());
            return server;
        } catch (AssertionError | InterruptedException | IOException e) {
            server.close();
            throw e;
        }
    }

    /** What an answer is to be. */
    interface Wanted {
        boolean is(JsonNode result);
    }

    /** Asks until the answer is as wanted. */
    JsonNode await(String expression, Wanted wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        JsonNode result = null;
        do {
            try {
                result = query(expression);
                if (wanted.is(result)) {
                    return result;
                }
            } catch (IOException e) {
                // It does not listen yet.
            }
            if (program.ends(LOOK_AGAIN)) {
                throw program.explained(new AssertionError("Prometheus ended"));
            }
        } while (System.nanoTime() < deadline);
        throw program.explained(new AssertionError(expression + " gave at last " + result));
    }

    /** The instant vector an expression evaluates to; an {@code AssertionError} if it is no expression. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8))).timeout(LIMIT).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 503) {
            throw new IOException(response.body());
        }
        JsonNode answer = JSON.readTree(response.body());
        if (!answer.path("status").asString().equals("success")) {
            throw new AssertionError(expression + ": " + response.body());
        }
        return answer.path("data").path("result");
    }

    @Override
    public void close() {
        program.close();
        http.close();
    }
}
