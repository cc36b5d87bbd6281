package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A real Prometheus scrapes a real process under load: what is shipped for operators holds. */
@Tag("deploy")
class MonitoringIT {

    private static final Path SHIPPED = Host.ROOT.resolve("packaging/monitoring").toAbsolutePath();
    private static final Path RULES = SHIPPED.resolve("isthmus-rules.yml");
    private static final long DISK_BYTES = 64 * Images.MEBIBYTE;

    @TempDir
    private Path directory;

    private final List<Process> loads = new ArrayList<>();

    @Test
    void rulesAreWellFormedAndPassTheirTests() throws Exception {
        PrometheusTools.promtool("check", "rules", "--lint-fatal", RULES.toString());
        PrometheusTools.promtool("test", "rules", SHIPPED.resolve("isthmus-rules-test.yml").toString());
        PrometheusTools.promtool("check", "config", "--lint-fatal", SHIPPED.resolve("prometheus.yml").toString());
    }

    @Test
    void everyPanelHasDataUnderLoadAndAnAlertSaysWhenTheProcessIsGone() throws Exception {
        Disk file = Disk.of("file", directory, Images.sparse(directory.resolve("file.img"), DISK_BYTES));
        Disk volume = Disk.ofVolume("volume", directory.resolve("volumes"));
        Host.run(Host.ROOT.resolve("bin/isthmus-blk").toString(), "volume", "create", "--size=" + DISK_BYTES, volume
                .name(), "--volumes-dir=" + directory.resolve("volumes"));
        String target = "127.0.0.1:" + PrometheusServer.freePort();
        try (BackendProcess backend = BackendProcess.serve("monitoring", List.of("--management=tcp:" + target), file,
                volume);
                PrometheusServer prometheus = PrometheusServer.start(directory, List.of(target), RULES)) {
            backend.awaitLog("management listens");
            load(file, "randread");
            load(volume, "randwrite");
            prometheus.await("rate(isthmus_blk_requests_total{operation=~\"in|out\",queue=\"0\"}[10s]) > 0",
                    result -> result
                            .size() == 2);
            List<String> empty = new ArrayList<>();
            for (String expression : dashboard()) {
                if (prometheus.query(expression).isEmpty()) {
                    empty.add(expression);
                }
            }
            assertThat(empty).as("expressions of the dashboard without data").isEmpty();
            assertThat(PrometheusTools.checkMetrics(Host.run("curl", "-sS", "http://" + target
                    + "/actuator/prometheus") + "\n")).isEmpty();
            assertThat(alerts(prometheus)).isEmpty();

            backend.kill();
            prometheus.await("ALERTS{alertname=\"IsthmusBackendDown\",alertstate=\"firing\"}", result -> result
                    .size() == 1);
        } finally {
            loads.forEach(Process::destroyForcibly);
        }
    }

    /** Reads or writes until the test is over. */
    private void load(Disk disk, String pattern) throws IOException, InterruptedException {
        StockClients clients = StockClients.build();
        loads.add(clients.start(disk.socket(), List.of("blkio-bench", "--runtime=120", "--iodepth=4",
                "--blocksize=4096", "--readwrite=" + pattern, "virtio-blk-vhost-user", "path=/sockets/" + disk.socket()
                        .getFileName())));
    }

    private static List<String> alerts(PrometheusServer prometheus) throws IOException, InterruptedException {
        List<String> firing = new ArrayList<>();
        prometheus.query("ALERTS{alertstate=\"firing\"}").forEach(alert -> firing.add(alert.path("metric").toString()));
        return firing;
    }

    /** All expressions of the dashboard, with everything chosen that can be chosen. */
    private static List<String> dashboard() {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(SHIPPED.resolve("isthmus-dashboard.json").toFile()).path(
                "panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.add(target.path("expr").asString().replace("$__rate_interval",
                        PrometheusServer.RATE_WINDOW).replaceAll("\\$(job|device)", ".*"));
            }
        }
        assertThat(expressions).hasSizeGreaterThan(20).noneMatch(each -> each.contains("$"));
        return expressions;
    }
}
