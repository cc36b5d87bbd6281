package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No wake-up is lost: workers that never poll serve a guest whose every burst ends in silence, so that each next
 * request depends on a kick. One disk is answered from the page cache, the other waits for storage (O_DIRECT), so that
 * workers are woken by completions too. The ring watchdog looks from outside, ten times a second, at what is available
 * and not taken; it wakes nobody.
 */
class WakeupIT {

    private static final int SECONDS_OF_A_SHORT_ROUND = 15;
    private static final int SECONDS_OF_A_ROUND = 30;

    /** What a script may take beyond its load, on a machine that is busy with other things too. */
    private static final int SECONDS_TO_SPARE = 120;

    /**
     * Bursts of one to eight requests, then a rest of a millisecond, on two queues of one disk and one of another. Of
     * each job: what the guest saw as its 50th, 99th and 99.9th percentile and longest latency, reads and then writes,
     * in microseconds (fio's terse format, version 3).
     */
    private static final String LOAD = "fio --direct=1 --ioengine=libaio --bs=4k --time_based --runtime=%d --size=64M"
            + " --rw=randrw --minimal"
            + " --name=single --filename=/dev/vda --iodepth=1 --thinktime=1000 --thinktime_blocks=1"
            + " --name=burst --filename=/dev/vda --iodepth=8 --thinktime=2000 --thinktime_blocks=8"
            + " --name=other --filename=/dev/vdb --iodepth=2 --thinktime=500 --thinktime_blocks=2"
            + " > /tmp/fio\n"
            + "while IFS=';' read -r line; do set -f; IFS=';'; set -- $line; IFS=' ';"
            + " echo \"$3: read ${24#*=} ${30#*=} ${32#*=} ${39}, write ${65#*=} ${71#*=} ${73#*=} ${80}\";"
            + " done < /tmp/fio";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "io_uring"})
    void losesNoWakeupInAShortTime(String transport) throws Exception {
        serve(transport, 1, SECONDS_OF_A_SHORT_ROUND);
    }

    @Test
    @Tag("soak")
    void losesNoWakeupInALongTime() throws Exception {
        int minutes = Integer.getInteger("isthmus.wakeups.minutes", 30);
        try (BusyHost _ = BusyHost.with(Integer.getInteger("isthmus.wakeups.load", 0),
                Duration.ofMinutes(2L * minutes + 10))) {
            serve(System.getProperty("isthmus.wakeups.transport", "io_uring"), minutes * 60 / SECONDS_OF_A_ROUND,
                    SECONDS_OF_A_ROUND);
        }
    }

    private void serve(String transport, int rounds, int seconds) throws Exception {
        Disk first = Disk.of("first", directory, Images.sparse(directory.resolve("first.img"), 128 * Images.MEBIBYTE))
                .withQueues(2);
        Disk second = Disk.of("second", directory,
                Images.sparse(directory.resolve("second.img"), 128 * Images.MEBIBYTE)).withDirect(true);
        try (BackendProcess backend = BackendProcess.serve("wakeups", List.of("--poll-us=0", "--transport="
                + transport),
                first, second);
                Guest guest = Guest.named("wakeups", directory).vcpus(2).disk(first).disk(second).boot()) {
            for (int round = 1; round <= rounds; round++) {
                String seen = guest.sh(LOAD.formatted(seconds), Duration.ofSeconds(seconds + SECONDS_TO_SPARE));
                report(transport, round * seconds, backend.management(), seen);
                assertThat(backend.management().metric("isthmus_vring_lost_wakeups_total"))
                        .as("lost wake-ups after round %d of %d", round, rounds).isZero();
            }
            assertThat(backend.management().metric("isthmus_vring_kicks_total")).isGreaterThan(1000);
        }
    }

    /** Every round writes all it knows, so that a run that was ended says how far it came. */
    private static void report(String transport, int seconds, ManagementClient management, String seen)
            throws IOException {
        Path report = Host.ROOT.resolve("target/soak/wakeups.txt");
        var latency = PrometheusHistogram.of(management.get("/actuator/prometheus"),
                "isthmus_blk_request_duration_seconds");
        Files.createDirectories(report.getParent());
        Files.writeString(report, String.format(Locale.ROOT,
                "%s, %d s of load: %.0f requests, %.0f kicks, %.0f looks that found a chain not taken,"
                        + " %.0f lost wake-ups%n",
                transport, seconds, management.metric("isthmus_vring_chains_total"),
                management.metric("isthmus_vring_kicks_total"),
                management.metric("isthmus_vring_not_taken_looks_total"),
                management.metric("isthmus_vring_lost_wakeups_total"))
                + "from taking to answering a request, in us: p50 %s, p99 %s, p99.9 %s, longest %s%n".formatted(
                        PrometheusHistogram.micros(latency.quantile(0.5)),
                        PrometheusHistogram.micros(latency.quantile(0.99)),
                        PrometheusHistogram.micros(latency.quantile(0.999)),
                        PrometheusHistogram.micros(latency.quantile(1)))
                + latency.describe()
                + "what the guest saw in the last round, in us: p50 p99 p99.9 longest%n".formatted()
                + seen.strip().indent(2));
    }
}
