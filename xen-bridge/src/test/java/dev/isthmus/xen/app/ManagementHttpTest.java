package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.xen.blkif.BlkifDiskOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementHttpTest {
    private static final Path SOCKET = Path.of("/run/\"x\".sock");

    private final FakeDisk disk = new FakeDisk(
            BlkifDiskOptions.of("vbd3-5-51712", SOCKET, 5, Path.of("/none"), false));
    private final List<DeviceView> devices = new ArrayList<>();
    private ManagementHttp management;

    @BeforeEach
    void start() throws IOException {
        management = ManagementHttp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> devices);
        devices.add(new DeviceView(LifeRig.ID, SOCKET, GuestDevice.Phase.CONNECTED, disk, null));
    }

    @AfterEach
    void close() {
        management.close();
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private String get(String path, int status) throws Exception {
        HttpResponse<String> response = ask("GET", path);
        assertThat(response.statusCode()).isEqualTo(status);
        return response.body();
    }

    @Test
    void showsWhatIsCounted() throws Exception {
        disk.counters.reads.add(7);
        disk.counters.writtenBytes.add(4096);

        String scrape = get("/actuator/prometheus", 200);

        assertThat(scrape).contains(
                "isthmus_xen_requests_total{device=\"vbd3-5-51712\",domain=\"5\",operation=\"read\"} 7.0",
                "isthmus_xen_bytes_total{device=\"vbd3-5-51712\",domain=\"5\",operation=\"write\"} 4096.0",
                "isthmus_xen_device_connected{device=\"vbd3-5-51712\",domain=\"5\"} 1.0",
                "isthmus_xen_backend_connected{device=\"vbd3-5-51712\",domain=\"5\"} 1.0",
                "isthmus_xen_device_healthy{device=\"vbd3-5-51712\",domain=\"5\"} 1.0",
                "process_uptime_seconds ", "jvm_memory_used_bytes{area=\"heap\"}", "jvm_threads_live_threads ");
    }

    @Test
    void scrapesWithoutDevices() throws Exception {
        devices.clear();

        assertThat(get("/actuator/prometheus", 200)).contains("process_uptime_seconds");
        assertThat(get("/actuator/health", 200)).contains("\"status\":\"UP\"");
    }

    @Test
    void isUpWhileAllIsWell() throws Exception {
        assertThat(get("/actuator/health", 200)).contains("\"vbd3-5-51712\":{\"status\":\"UP\"",
                "\"socket\":\"/run/\\\"x\\\".sock\"");
    }

    @Test
    void isDownWhileABackendIsAway() throws Exception {
        disk.backend = false;

        assertThat(get("/actuator/health", 503)).contains("\"status\":\"DOWN\"", "is not there");
        assertThat(get("/actuator/health/readiness", 503)).contains("DOWN");
        assertThat(get("/actuator/health/liveness", 200)).contains("UP");
        assertThat(get("/actuator/prometheus", 200)).contains(
                "isthmus_xen_device_healthy{device=\"vbd3-5-51712\",domain=\"5\"} 0.0");
    }

    @Test
    void saysWhatIsWrongWithADisk() throws Exception {
        disk.fault = "The back-end's disk has become smaller.";

        assertThat(get("/actuator/health", 503)).contains("has become smaller");
    }

    @Test
    void refusesTheRest() throws Exception {
        assertThat(get("/", 404)).contains("error");
        assertThat(ask("POST", "/actuator/health").statusCode()).isEqualTo(405);
    }

    @Test
    void writesJsonThatAnyoneReads() {
        assertThat(Json.write(Map.of("a", List.of("\n\\", 1, true, Map.of(), List.of()))))
                .isEqualTo("{\"a\":[\"\\n\\\\\",1,true,{},[]]}");
    }
}
