package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No wake-up is lost: workers that never poll serve a guest whose every burst ends in silence, so that each next
 * request depends on a kick. The ring watchdog looks from outside, ten times a second, at what is available and not
 * taken; it wakes nobody.
 */
class WakeupIT {

    private static final int SECONDS_OF_A_ROUND = 30;

    /** Bursts of one to eight requests, then a rest of a millisecond, on two queues of one disk and one of another. */
    private static final String LOAD = "fio --direct=1 --ioengine=libaio --bs=4k --time_based --runtime=%d --size=64M"
            + " --rw=randrw --minimal"
            + " --name=single --filename=/dev/vda --iodepth=1 --thinktime=1000 --thinktime_blocks=1"
            + " --name=burst --filename=/dev/vda --iodepth=8 --thinktime=2000 --thinktime_blocks=8"
            + " --name=other --filename=/dev/vdb --iodepth=2 --thinktime=500 --thinktime_blocks=2"
            + " > /tmp/fio";

    @TempDir
    private Path directory;

    @Test
    void losesNoWakeupInHalfAMinute() throws Exception {
        serve(1);
    }

    @Test
    @Tag("soak")
    void losesNoWakeupInALongTime() throws Exception {
        serve(Integer.getInteger("isthmus.wakeups.minutes", 30) * 60 / SECONDS_OF_A_ROUND);
    }

    private void serve(int rounds) throws Exception {
        Disk first = Disk.of("first", directory, Images.sparse(directory.resolve("first.img"), 128 * Images.MEBIBYTE))
                .withQueues(2);
        Disk second = Disk.of("second", directory,
                Images.sparse(directory.resolve("second.img"), 128 * Images.MEBIBYTE));
        try (BackendProcess backend = BackendProcess.serve("wakeups", List.of("--poll-us=0"), first, second);
                Guest guest = Guest.named("wakeups", directory).vcpus(2).disk(first).disk(second).boot()) {
            for (int round = 1; round <= rounds; round++) {
                guest.sh(LOAD.formatted(SECONDS_OF_A_ROUND), Duration.ofSeconds(SECONDS_OF_A_ROUND + 60));
                report(backend.management(), round);
                assertThat(backend.management().metric("isthmus_vring_lost_wakeups_total"))
                        .as("lost wake-ups after round %d of %d", round, rounds).isZero();
            }
            assertThat(backend.management().metric("isthmus_vring_kicks_total")).isGreaterThan(1000);
        }
    }

    /** Every round writes all it knows, so that a run that was ended says how far it came. */
    private static void report(ManagementClient management, int round) throws IOException {
        Path report = Host.ROOT.resolve("target/soak/wakeups.txt");
        Files.createDirectories(report.getParent());
        Files.writeString(report, "%d s of load: %.0f requests, %.0f kicks, %.0f looks that found a chain not taken,"
                .formatted(round * SECONDS_OF_A_ROUND, management.metric("isthmus_vring_chains_total"),
                        management.metric("isthmus_vring_kicks_total"),
                        management.metric("isthmus_vring_not_taken_looks_total"))
                + " %.0f lost wake-ups%n".formatted(management.metric("isthmus_vring_lost_wakeups_total")));
    }
}
