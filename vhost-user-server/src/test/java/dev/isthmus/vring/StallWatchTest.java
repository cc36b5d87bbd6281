package dev.isthmus.vring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.vhostuser.LogLines;
import dev.isthmus.vhostuser.RecordingDevice;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RecordingDevice device = new RecordingDevice("stalls", 1);
    private final VringCounters counters = new VringCounters();
    private final StallWatch watch = watch(LIMIT_NANOS);

    private StallWatch watch(long limitNanos) {
        return new StallWatch("stalls: ring 0", device, 0, counters, limitNanos);
    }

    private void lookAt(long ageSeconds) {
        device.oldestNanos.set(TimeUnit.SECONDS.toNanos(ageSeconds));
        watch.look(0);
    }

    @Test
    void saysNothingOfRequestsThatAreYoungEnough() {
        lookAt(0);
        lookAt(29);

        assertThat(counters.stalls.get()).isZero();
        assertThat(counters.stalledNanos.get()).isZero();
    }

    @Test
    void countsAStallOnceAndSaysWhenItBeginsAndWhenItEnds() {
        try (LogLines log = new LogLines()) {
            lookAt(30);
            lookAt(31);
            lookAt(60);
            assertThat(counters.stalls.get()).isEqualTo(1);
            assertThat(counters.stalledNanos.get()).isEqualTo(TimeUnit.SECONDS.toNanos(60));
            assertThat(log.of("stalls")).containsExactly(
                    "stalls: ring 0: a request has been in flight for 30 s; the guest waits for it");

            lookAt(1);
            lookAt(0);

            assertThat(counters.stalledNanos.get()).isZero();
            assertThat(log.of("stalls")).hasSize(2).last()
                    .isEqualTo("stalls: ring 0: goes on; requests had been in flight for 60 s and more");
        }
    }

    @Test
    void countsTheNextStallAnew() {
        lookAt(30);
        lookAt(0);
        lookAt(30);

        assertThat(counters.stalls.get()).isEqualTo(2);
    }

    @Test
    void neverSpeaksWithoutALimit() {
        device.oldestNanos.set(Long.MAX_VALUE);
        watch(0).look(0);

        assertThat(counters.stalls.get()).isZero();
    }
}
