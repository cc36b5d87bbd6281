package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.server.DeviceMetrics;
import dev.isthmus.server.MetricsPage;
import dev.isthmus.server.ServerProcess;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/metrics.md says what this process collects. */
class MetricsPageTest {

    @TempDir
    Path directory;

    private List<ServedBlkDevice> devices;

    /** A volume: it has all that a file has. */
    @BeforeEach
    void start() throws IOException {
        Volumes.in(directory).create("v1", 1 << 20, 4096, Compression.LZ4);
        devices = BlkDevices.start(BlkOptions.parse("--volumes-dir=" + directory, "--device=socket-path=" + directory
                .resolve("a.sock") + ",volume=v1").properties().devices(), new ServerProcess());
    }

    @AfterEach
    void end() throws IOException {
        for (ServedBlkDevice device : devices) {
            device.served().server().close();
            device.device().store().close();
        }
    }

    private MetricSnapshots ofAnyDevice() {
        return DeviceMetrics.of(devices.stream().map(ServedBlkDevice::served).toList()).collect();
    }

    private MetricSnapshots ofDisks() {
        return new BlkMetrics(devices).collect();
    }

    @Test
    void saysWhatIsCollectedOfAnyDevice() throws IOException {
        String table = MetricsPage.table(ofAnyDevice());
        assertThat(MetricsPage.section("devices", table)).as(MetricsPage.HOW).isEqualTo(table);
    }

    @Test
    void saysWhatIsCollectedOfDisks() throws IOException {
        String table = MetricsPage.table(ofDisks());
        assertThat(MetricsPage.section("disks", table)).as(MetricsPage.HOW).isEqualTo(table);
    }

    /** Prometheus, "Metric and label naming": a prefix, base units, a suffix that says the unit. */
    @Test
    void namesFollowTheConventions() {
        for (MetricSnapshots all : List.of(ofAnyDevice(), ofDisks())) {
            assertThat(all.stream().map(metric -> metric.getMetadata().getPrometheusName())).allMatch(name -> name
                    .matches("isthmus_(device|vring|blk)_[a-z_]+")).noneMatch(name -> name.matches(
                            ".*_(ms|us|milliseconds|kilobytes|percent|sectors)"));
            assertThat(all.stream().map(MetricSnapshot::getMetadata)).allMatch(metadata -> metadata.getHelp()
                    .endsWith("."));
        }
    }
}
