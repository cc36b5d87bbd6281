package dev.isthmus.vring;

import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Transport;
import dev.isthmus.vhostuser.LogLines;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.virtqueue.FakeDriver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watchdog sees a lost wake-up: here one of a driver that forgets to kick. */
@Timeout(30)
abstract class RingWatchdogContract {
    private static final int LOST_LOOKS = 30;
    private static final int SEEN_ASLEEP = 20;

    private final FakeDriver guest = FakeDriver.withQueueSize(8);
    private final RecordingDevice device = new RecordingDevice("watched", 1);
    private final VringCounters counters = new VringCounters();
    private final RingWatchdog watchdog = new RingWatchdog();
    private final Vrings vrings;
    private OwnedFd kick;

    RingWatchdogContract(Transport transport) {
        this.vrings = new Vrings(device, new WorkerOptions(1, 0, List.of(), transport), List.of(counters), watchdog,
                failure -> {});
    }

    @BeforeEach
    void start() throws VringViolation, IOException {
        kick = EventFd.create();
        vrings.features(FakeDriver.WITH_NOTHING, true);
        vrings.memory(guest.memory(), true);
        vrings.size(0, 8);
        vrings.addresses(0, guest.addresses());
        vrings.enable(0, true);
        vrings.kick(0, kick.duplicate());
        awaitIdleWorker();
    }

    @AfterEach
    void free() {
        vrings.close();
        watchdog.close();
        guest.close();
        kick.close();
    }

    @Test
    void countsAChainThatNobodyTakesAsOneLostWakeup() {
        guest.offer(writable(16));

        look(LOST_LOOKS);
        assertThat(counters.lostWakeups.get()).isZero();
        look(1 + LOST_LOOKS);

        assertThat(counters.lostWakeups.get()).isEqualTo(1);
        assertThat(counters.notTakenLooks.get()).isEqualTo(2 * LOST_LOOKS);
        assertThat(device.taken).as("the watchdog only looks").hasValue(0);
    }

    @Test
    void tellsForHowLongNobodyTakesItAndWhenThatIsOver() {
        try (LogLines log = new LogLines()) {
            guest.offer(writable(16));
            look(1 + 2 * LOST_LOOKS);
            assertThat(counters.untakenNanos.get()).isEqualTo(2 * LOST_LOOKS * RingWatchdog.LOOK_NANOS);
            assertThat(log.of("watched ring 0")).hasSize(1);

            EventFd.signal(kick.number());
            while (device.taken.get() == 0) {
                Thread.yield(); // bounded by the test's time
            }
            awaitIdleWorker();
            look(2);

            assertThat(counters.untakenNanos.get()).isZero();
            assertThat(counters.lostWakeups.get()).isEqualTo(1);
            assertThat(log.of("watched ring 0")).hasSize(2);
        }
    }

    @Test
    void stopsTellingWhenTheRingIsGone() {
        guest.offer(writable(16));
        look(2 * LOST_LOOKS);

        vrings.close();

        assertThat(counters.untakenNanos.get()).isZero();
    }

    @Test
    void looksAtNoRingWhoseLimitIsZero() {
        assertThat(WatchedRing.lostLooks(Duration.ZERO)).isEqualTo(Integer.MAX_VALUE);
        assertThat(WatchedRing.lostLooks(Duration.ofMillis(1))).isEqualTo(1);
        assertThat(WatchedRing.lostLooks(WatchLimits.USUAL.untaken())).isEqualTo(LOST_LOOKS);
    }

    @Test
    void countsNothingWhenChainsAreTaken() {
        guest.offer(writable(16));
        EventFd.signal(kick.number());
        while (device.taken.get() == 0) {
            Thread.yield(); // bounded by the test's time
        }
        awaitIdleWorker();

        look(2 * LOST_LOOKS);

        assertThat(counters.notTakenLooks.get()).isZero();
        assertThat(counters.lostWakeups.get()).isZero();
    }

    @Test
    void leavesADisabledRingAlone() {
        vrings.enable(0, false);
        guest.offer(writable(16));

        look(2 * LOST_LOOKS);

        assertThat(counters.notTakenLooks.get()).isZero();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watchdog.look();
        }
    }

    /** The worker has seen all that came before, and sleeps: not only for the moment a class takes to load. */
    private void awaitIdleWorker() {
        int seen = 0;
        while (seen < SEEN_ASLEEP) { // bounded by the test's time
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            seen = vrings.isWorkerSleeping(0) ? seen + 1 : 0;
        }
    }
}
