package dev.isthmus.xen.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Metrics and health by HTTP, under the paths of Spring Boot's Actuator, as the back-ends of this project have them.
 *
 * <pre>
 *   GET /actuator/prometheus
 *   GET /actuator/health, /actuator/health/liveness, /actuator/health/readiness
 * </pre>
 */
final class ManagementHttp implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final int BACKLOG = 8;
    private static final int THREADS = 2;
    private static final String JSON = "application/json";

    private static final PrometheusTextFormatWriter TEXT = PrometheusTextFormatWriter.create();

    private final HttpServer server;
    private final Supplier<List<DeviceView>> devices;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().name("management-", 0).daemon().factory());

    private ManagementHttp(HttpServer server, Supplier<List<DeviceView>> devices) {
        this.server = server;
        this.devices = devices;
    }

    /**
     * Begins to listen.
     *
     * @param devices may be asked by any thread
     */
    static ManagementHttp start(InetSocketAddress address, Supplier<List<DeviceView>> devices) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException("listen on " + address.getHostString() + ":" + address.getPort() + ": "
                    + e.getMessage(), e);
        }
        ManagementHttp management = new ManagementHttp(server, devices);
        server.createContext("/", management::answer);
        // Not the thread that accepts, so that one who asks slowly does not hold up the others.
        server.setExecutor(management.threads);
        server.start();
        return management;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!exchange.getRequestMethod().equals("GET")) {
                error(exchange, METHOD_NOT_ALLOWED, "Only GET is possible.");
                return;
            }
            switch (path) {
                case "/actuator/prometheus" -> scrape(exchange);
                case "/actuator/health", "/actuator/health/readiness" -> health(exchange,
                        BridgeHealth.of(devices.get()));
                case "/actuator/health/liveness" -> health(exchange, BridgeHealth.alive());
                default -> error(exchange, NOT_FOUND, "There is nothing at " + path + ".");
            }
        }
    }

    private void scrape(HttpExchange exchange) throws IOException {
        send(exchange, OK, TEXT.getContentType(), scrape(devices.get()));
    }

    /** All metrics, as Prometheus reads them. */
    static byte[] scrape(List<DeviceView> devices) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        TEXT.write(text, BridgeMetrics.of(devices), EscapingScheme.DEFAULT);
        return text.toByteArray();
    }

    private static void health(HttpExchange exchange, BridgeHealth health) throws IOException {
        send(exchange, health.isUp() ? OK : UNAVAILABLE, JSON, bytes(health.json()));
    }

    private static void error(HttpExchange exchange, int status, String what) throws IOException {
        send(exchange, status, JSON, bytes(Map.of("error", what)));
    }

    private static byte[] bytes(Object json) {
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
