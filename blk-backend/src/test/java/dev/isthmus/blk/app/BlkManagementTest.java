package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.BlkQueueCounters;
import dev.isthmus.blk.BlkRequestType;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.ServedDevice;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.management.Management;
import dev.isthmus.server.management.ManagementAddress;
import dev.isthmus.server.options.ProcessProperties;
import dev.isthmus.vring.VringCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics, health and the management API of two devices, from outside: one Spring context for all tests. */
class BlkManagementTest {
    private static final int SECTOR_BYTES = 512;

    @TempDir
    static Path directory;

    private static Path image;
    private static List<ServedBlkDevice> devices;
    private static Management management;
    private static HttpOverUnix http;

    @BeforeAll
    static void start() throws IOException {
        image = Files.write(directory.resolve("a.img"), new byte[8 * SECTOR_BYTES]);
        ProcessProperties<BlkDeviceProperties> properties = BlkOptions.parse(
                "--device=socket-path=" + directory.resolve("a.sock") + ",num-queues=2,blk-file=" + image,
                "--device=socket-path=" + directory.resolve("b.sock") + ",store=memory,size=1M,faults").properties();
        devices = BlkDevices.start(properties.devices(), new ServerProcess());
        management = Management.start(properties.management(),
                devices.stream().map(ServedBlkDevice::served).toList(), new BlkMetrics(devices));
        http = new HttpOverUnix(directory.resolve("a.sock.management"));
    }

    @AfterAll
    static void end() {
        management.close();
        devices.forEach(device -> device.served().server().close());
        assertThat(directory.resolve("a.sock.management")).doesNotExist();
        assertThat(directory.resolve("a.sock")).doesNotExist();
    }

    private static BlkDevice device(int index) {
        return devices.get(index).device();
    }

    @Test
    void socketIsTheOwnersOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("a.sock.management")))).isEqualTo("rw-------");
    }

    @Test
    void healthIsUpWhileEveryDeviceListens() throws IOException {
        assertThat(http.get("/actuator/health").status()).isEqualTo(200);
        assertThat(http.get("/actuator/health").body()).contains("\"groups\":[\"liveness\",\"readiness\"]");
        HttpOverUnix.Response readiness = http.get("/actuator/health/readiness");
        assertThat(readiness.status()).isEqualTo(200);
        assertThat(readiness.body()).startsWith("{\"status\":\"UP\"").contains(
                "\"a\":{\"status\":\"UP\",\"details\":{\"connection\":\"listening\",\"connections\":0,\"queues\":2,",
                "\"b\":{\"status\":\"UP\"", "\"readinessState\":{\"status\":\"UP\"}");
        assertThat(http.get("/actuator/health/liveness").body())
                .isEqualTo("{\"status\":\"UP\",\"components\":{\"livenessState\":{\"status\":\"UP\"}}}\n");
        assertThat(http.get("/actuator/health/nothing").status()).isEqualTo(404);
    }

    @Test
    void failedFlushTakesReadinessDownAndNotLiveness() throws IOException {
        device(1).store().counters().countFlushError();
        try {
            HttpOverUnix.Response readiness = http.get("/actuator/health/readiness");
            assertThat(readiness.status()).isEqualTo(503);
            assertThat(readiness.body()).startsWith("{\"status\":\"DOWN\"").contains("A flush failed");
            assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(scrape()).contains("isthmus_device_healthy{device=\"b\"} 0.0",
                    "isthmus_blk_store_flush_failed{device=\"b\"} 1.0",
                    "isthmus_blk_store_errors_total{device=\"b\",kind=\"flush\"} 1.0");
        } finally {
            device(1).store().counters().reopened();
        }
    }

    @Test
    void requestThatStallsTakesReadinessDownAndNamesItsQueue() throws IOException {
        VringCounters queue = devices.get(1).served().server().counters().vrings().get(2);
        queue.chainsTaken.increment();
        queue.stalls.increment();
        queue.stalledNanos.set(42_500_000_000L);
        try {
            HttpOverUnix.Response readiness = http.get("/actuator/health/readiness");
            assertThat(readiness.status()).isEqualTo(503);
            assertThat(readiness.body()).contains("Queue 2 of b: a request has been in flight for 42 s");
            assertThat(scrape()).contains("isthmus_device_healthy{device=\"b\"} 0.0",
                    "isthmus_vring_stalled{device=\"b\",queue=\"2\"} 1.0",
                    "isthmus_vring_stalls_total{device=\"b\",queue=\"2\"} 1.0",
                    "isthmus_vring_stalled{device=\"a\",queue=\"0\"} 0.0",
                    "isthmus_vring_untaken{device=\"a\",queue=\"0\"} 0.0");
        } finally {
            queue.stalledNanos.set(0);
        }
    }

    @Test
    void limitIsSetShownAndTakenBack() throws IOException {
        HttpOverUnix.Response set = http.post("/devices/a/qos?iops=2000&bytes-per-second=1048576&group=g");
        assertThat(set.status()).isEqualTo(200);
        assertThat(set.body()).contains(
                "\"qos\":\"iops=2000, bytes-per-second=1048576, burst-ms=50, group g\"");
        assertThat(scrape()).contains("isthmus_blk_limit_iops{device=\"a\"} 2000.0",
                "isthmus_blk_limit_bytes_per_second{device=\"a\"} 1048576.0",
                "isthmus_blk_limit_iops{device=\"b\"} 0.0");
        assertThat(http.post("/devices/a/qos").body()).contains("\"qos\":\"off\"");
        assertThat(scrape()).contains("isthmus_blk_limit_iops{device=\"a\"} 0.0");
    }

    @Test
    void limitThatIsNoneIsRefused() throws IOException {
        for (String query : List.of("iops=many", "iops=-1", "burst-ms=60001", "group=a%20b", "ipos=1")) {
            HttpOverUnix.Response response = http.post("/devices/a/qos?" + query);
            assertThat(response.status()).as(query).isEqualTo(400);
            assertThat(response.body()).startsWith("{\"error\":\"a: ");
        }
        assertThat(http.get("/devices/a").body()).contains("\"qos\":\"off\"");
    }

    @Test
    void scrapeHasWhatIsWrongWithTheStore() throws IOException {
        assertThat(scrape()).contains("isthmus_blk_store_full{device=\"a\"} 0.0",
                "isthmus_blk_store_failing{device=\"a\"} 0.0", "isthmus_blk_store_missing_bytes{device=\"a\"} 0.0");
    }

    @Test
    void faultsAreInjectedAndTakenBack() throws IOException {
        HttpOverUnix.Response hangs = http.post("/devices/b/faults?kind=hang&operations=write,flush&from=4096&every=2");
        assertThat(hangs.body()).contains("\"faults\":\"hang of flush, write, one in 2, from byte 4096\"");
        assertThat(http.get("/devices/b").body()).contains("\"faults\":\"hang of");

        assertThat(http.post("/devices/b/faults?kind=none").body()).contains("\"faults\":\"none\"");
    }

    @Test
    void faultsThatCannotBeMeantAreRefused() throws IOException {
        assertThat(http.post("/devices/b/faults").body()).isEqualTo(
                "{\"error\":\"b: kind \\\"\\\" is none of none, hang, delay, error, no_space, short.\"}\n");
        assertThat(http.post("/devices/b/faults?kind=hang&operations=writes").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=delay").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=error&delay-ms=3").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=error&every=0").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=error&from=8&to=4").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=error&often=yes").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/faults?kind=%zz").body()).contains("no path that can be understood");
    }

    @Test
    void deviceThatWasNotStartedForItHasNoFaults() throws IOException {
        HttpOverUnix.Response refused = http.post("/devices/a/faults?kind=hang");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("a: No faults can be injected");
        assertThat(http.get("/devices/a").body()).doesNotContain("\"faults\"");
        assertThat(http.post("/devices/c/faults?kind=hang").status()).isEqualTo(404);
    }

    @Test
    void scrapeHasWhatTheVringsCount() throws IOException {
        ServedDevice served = devices.getFirst().served();
        served.server().counters().vrings().getFirst().kicks.add(7);
        served.server().counters().vrings().getFirst().inFlight.set(3);
        served.server().counters().vrings().getFirst().resubmitted.add(2);

        assertThat(scrape()).contains(
                "# HELP isthmus_vring_kicks_total Times a kick woke the worker.",
                "# TYPE isthmus_vring_kicks_total counter",
                "isthmus_vring_kicks_total{device=\"a\",queue=\"0\"} 7.0",
                "isthmus_vring_kicks_total{device=\"b\",queue=\"0\"} 0.0",
                "isthmus_vring_in_flight_chains{device=\"a\",queue=\"0\"} 3.0",
                "isthmus_vring_resubmitted_total{device=\"a\",queue=\"0\"} 2.0",
                "isthmus_device_recovery_seconds_count{device=\"a\",phase=\"connect\"} 0",
                "isthmus_device_recovery_seconds_count{device=\"a\",phase=\"configure\"} 0",
                "isthmus_device_recovery_seconds_count{device=\"a\",phase=\"replay\"} 0",
                "isthmus_vring_notifications_sent_total{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_vring_notifications_suppressed_total{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_vring_chains_total{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_vring_not_taken_looks_total{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_vring_lost_wakeups_total{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_vring_faults_total{device=\"a\",fault=\"head_out_of_range\",queue=\"0\"} 0.0",
                "isthmus_device_connections_total{device=\"a\"} 0.0",
                "isthmus_device_connected{device=\"a\"} 0.0",
                "isthmus_device_violations_total{device=\"a\",rule=\"queue_index\"} 0.0");
    }

    @Test
    void scrapeHasWhatTheRequestsCount() throws IOException {
        BlkQueueCounters counters = device(0).counters().getFirst();
        counters.requests(BlkRequestType.IN).add(5);
        counters.bytes(BlkRequestType.IN).add(4096);
        counters.errors(BlkRequestType.OUT).add(2);
        counters.latency(BlkRequestType.FLUSH).record(3_000);
        counters.latency(BlkRequestType.FLUSH).record(5_000_000);

        assertThat(scrape()).contains(
                "isthmus_blk_requests_total{device=\"a\",operation=\"in\",queue=\"0\"} 5.0",
                "isthmus_blk_bytes_total{device=\"a\",operation=\"in\",queue=\"0\"} 4096.0",
                "isthmus_blk_errors_total{device=\"a\",operation=\"out\",queue=\"0\"} 2.0",
                "# TYPE isthmus_blk_request_duration_seconds histogram",
                durationLine("_bucket", ",le=\"2.0E-6\"", "0"),
                durationLine("_bucket", ",le=\"4.0E-6\"", "1"),
                durationLine("_bucket", ",le=\"0.008192\"", "2"),
                durationLine("_bucket", ",le=\"+Inf\"", "2"),
                durationLine("_count", "", "2"),
                durationLine("_sum", "", "0.005003"),
                "isthmus_blk_oldest_in_flight_seconds{device=\"a\",queue=\"0\"} 0.0",
                "isthmus_blk_capacity_bytes{device=\"b\"} 1048576.0",
                "isthmus_blk_faults_total{device=\"a\",fault=\"misaligned\",queue=\"0\"} 0.0",
                "isthmus_blk_faults_total{device=\"a\",fault=\"buffer_not_mapped\",queue=\"0\"} 0.0");
    }

    private static String durationLine(String ending, String le, String value) {
        return "isthmus_blk_request_duration_seconds" + ending
                + "{device=\"a\",operation=\"flush\",queue=\"0\"" + le + "} " + value;
    }

    @Test
    void scrapeHasTheJvm() throws IOException {
        assertThat(String.join("\n", scrape())).contains("jvm_memory_used_bytes{", "jvm_threads_live_threads ",
                "jvm_gc_", "process_files_open_files ", "process_uptime_seconds ");
    }

    @Test
    void queueNobodyUsedIsLeftOut() throws IOException {
        assertThat(scrape()).noneMatch(line -> line.contains("queue=\"1\""));
    }

    @Test
    void queueBesideTheFirstHasLinesForWhatThereWas() throws IOException {
        device(1).counters().get(3).requests(BlkRequestType.IN).increment();
        devices.get(1).served().server().counters().vrings().get(3).kicks.increment();

        assertThat(scrape().stream().filter(line -> line.contains("device=\"b\"") && line.contains("queue=\"3\"")))
                .contains("isthmus_vring_kicks_total{device=\"b\",queue=\"3\"} 1.0",
                        "isthmus_blk_requests_total{device=\"b\",operation=\"in\",queue=\"3\"} 1.0",
                        "isthmus_blk_errors_total{device=\"b\",operation=\"in\",queue=\"3\"} 0.0")
                .noneMatch(line -> line.contains("operation=\"out\"") || line.contains("fault="));
    }

    @Test
    void scrapeIsOpenMetricsForWhoAccepts() throws IOException {
        HttpOverUnix.Response response = http.get("/actuator/prometheus",
                "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertThat(response.head()).contains("content-type: application/openmetrics-text;version=1.0.0");
        assertThat(response.body()).endsWith("# EOF\n");
        assertThat(http.get("/actuator/prometheus").head()).contains("content-type: text/plain;version=0.0.4");
    }

    private static List<String> scrape() throws IOException {
        HttpOverUnix.Response response = http.get("/actuator/prometheus");
        assertThat(response.status()).isEqualTo(200);
        return response.body().lines().toList();
    }

    @Test
    void devicesAreListedByName() throws IOException {
        assertThat(http.get("/devices").body()).startsWith("{\"devices\":[{\"name\":\"a\",\"connection\":\"listening\"")
                .contains("{\"name\":\"b\"", "\"store\":\"image " + image + "\"");
        assertThat(http.get("/devices/b").body()).startsWith("{\"name\":\"b\"")
                .contains("\"capacityBytes\":1048576", "\"readOnly\":false", "\"problems\":[]",
                        "\"transport\":\"" + Transport.AUTO.resolve().text() + "\"");
        assertThat(http.get("/devices/c").body()).isEqualTo("{\"error\":\"There is no device \\\"c\\\".\"}\n");
    }

    @Test
    void refreshSeesTheImageThatGrew() throws IOException {
        Files.write(image, new byte[16 * SECTOR_BYTES]);

        HttpOverUnix.Response response = http.post("/devices/a/refresh");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains("\"capacityBytes\":" + 16 * SECTOR_BYTES);
        assertThat(http.post("/devices/c/refresh").status()).isEqualTo(404);
    }

    @Test
    void refreshOfAnImageThatIsGoneSaysSo() throws IOException {
        Path away = image.resolveSibling("away.img");
        Files.move(image, away);
        try {
            HttpOverUnix.Response response = http.post("/devices/a/refresh");
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).startsWith("{\"error\":\"a: ").contains("a.img");
        } finally {
            Files.move(away, image);
        }
    }

    @Test
    void otherPathsAndMethodsAreRefusedInASentence() throws IOException {
        assertThat(http.get("/").body()).isEqualTo("{\"error\":\"There is nothing at /.\"}\n");
        HttpOverUnix.Response wrong = http.get("/devices/a/refresh");
        assertThat(wrong.status()).isEqualTo(405);
        assertThat(wrong.head()).contains("allow: POST");
        assertThat(wrong.body()).isEqualTo("{\"error\":\"/devices/a/refresh answers POST, not GET.\"}\n");
    }

    @Test
    void requestWithoutBoundsIsRefused() throws IOException {
        assertThat(http.get("/" + "x".repeat(3000)).status()).isEqualTo(400);
        assertThat(http.request("POST /devices/a/refresh", "Content-Length: 1000000").body())
                .isEqualTo("{\"error\":\"No request here has contents of more than 1024 bytes.\"}\n");
        assertThat(http.send("nonsense\r\n\r\n").status()).isEqualTo(400);
    }

    @Test
    void liveManagementSocketIsNotTaken() {
        var address = new ManagementAddress.Unix(directory.resolve("a.sock.management").toString());

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Management.start(address, List.of(), new BlkMetrics(List.of())))
                .withMessageContaining("is served by another process");
    }
}
