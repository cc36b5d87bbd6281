package dev.isthmus.net.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.net.DropCause;
import dev.isthmus.server.DeviceReport;
import dev.isthmus.server.MetricsPage;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.options.ProcessProperties;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices as the process starts them, seen by who manages them. */
class NetManagementTest {
    @TempDir
    private Path directory;

    private List<ServedNetDevice> devices;

    @BeforeEach
    void start() throws IOException {
        ProcessProperties<NetDeviceProperties> properties = NetOptions.parse("--mtu=1400",
                "--device=socket-path=" + directory.resolve("a.sock") + ",uplink=loopback,queue-pairs=4",
                "--device=socket-path=" + directory.resolve("b.sock") + ",uplink=null,frame-bytes=60").properties();
        devices = NetDevices.start(properties.devices(), new ServerProcess());
    }

    @AfterEach
    void end() throws IOException {
        devices.forEach(device -> device.served().server().close());
        for (ServedNetDevice device : devices) {
            device.device().close();
        }
    }

    private String scrape() throws IOException {
        var text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, new NetMetrics(devices).collect());
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void detailsSayWhereFramesGo() {
        assertThat(devices.getFirst().served().details()).containsEntry("uplink", "loopback")
                .containsEntry("queuePairs", 4).containsEntry("mtu", 1400).containsEntry("connection", "listening");
        assertThat(devices.getLast().served().details())
                .containsEntry("uplink", "nothing (null, gives frames of 60 bytes)");
        assertThat(devices.getFirst().served().problems()).isEmpty();
    }

    @Test
    void firstQueueOfEveryDeviceHasItsZeroesInBothDirections() throws IOException {
        assertThat(scrape()).contains(
                "isthmus_net_frames_total{device=\"a\",direction=\"receive\",queue=\"0\"} 0.0",
                "isthmus_net_frames_total{device=\"b\",direction=\"transmit\",queue=\"0\"} 0.0",
                "isthmus_net_bytes_total{device=\"a\",direction=\"transmit\",queue=\"0\"} 0.0",
                "isthmus_net_gso_frames_total{device=\"a\",direction=\"transmit\",queue=\"0\"} 0.0",
                "isthmus_net_drops_total{cause=\"chain\",device=\"a\",direction=\"receive\",queue=\"0\"} 0.0",
                "isthmus_net_batch_frames_bucket{device=\"a\",direction=\"receive\",queue=\"0\",le=\"64.0\"} 0",
                "isthmus_net_control_commands_total{device=\"a\",result=\"ok\"} 0.0")
                .doesNotContain("queue=\"1\"", "cause=\"none\"");
    }

    @Test
    void countedFramesAreShown() throws IOException {
        devices.getFirst().device().counters().getFirst().frames.add(3);
        devices.getFirst().device().counters().getFirst().drops(DropCause.TOO_LONG).increment();

        assertThat(scrape()).contains(
                "isthmus_net_frames_total{device=\"a\",direction=\"receive\",queue=\"0\"} 3.0",
                "isthmus_net_drops_total{cause=\"too_long\",device=\"a\",direction=\"receive\",queue=\"0\"} 1.0");
    }

    @Test
    void framesAreCapturedWhenTheManagementApiIsAsked() throws IOException {
        DeviceReport report = devices.getFirst().served().report();
        assertThat(report.details()).containsEntry("capture", "off");
        Path file = directory.resolve("a.pcap");

        report.change("capture", Map.of("file", file.toString(), "size", "1M"));
        assertThat(report.details()).containsEntry("capture", "on").containsEntry("captureFile", file.toString())
                .containsEntry("captureFrames", 0L).containsEntry("captureLost", 0L);
        report.change("capture", Map.of("state", "off"));
        assertThat(report.details()).containsEntry("capture", "off");
        assertThat(file).hasSize(24);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            capture | state=on                | It wants file, and size if 64M is not the size, or state=off.
            capture | file=/tmp/a,state=off   | It wants file
            capture | file=a.pcap             | file "a.pcap" is no path that begins with a slash.
            capture | file=/tmp/a,size=1      | size "1" is no size of at least 4K, such as 64M.
            resize  | size=1G                 | That cannot be done to this kind of device.
            """)
    void whatCannotBeMeantIsRefused(String what, String wanted, String message) {
        Map<String, String> map = Arrays.stream(wanted.split(",", -1)).map(pair -> pair.split("=", -1))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        DeviceReport report = devices.getFirst().served().report();

        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> report.change(what, map))
                .withMessageStartingWith(message);
    }

    /** docs/metrics.md says what this process collects. */
    @Test
    void pageOfMetricsSaysWhatIsCollected() throws IOException {
        String table = MetricsPage.table(new NetMetrics(devices).collect());
        assertThat(MetricsPage.section("cards", table)).as(MetricsPage.HOW).isEqualTo(table);
    }
}
