package dev.isthmus.vring;

import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Transport;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.virtqueue.FakeDriver;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watchdog sees a lost wake-up: here one of a driver that forgets to kick. */
@Timeout(30)
abstract class RingWatchdogContract {
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
    void start() throws VringViolation, LinuxException {
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

        look(WatchedRing.LOST_LOOKS);
        assertThat(counters.lostWakeups.get()).isZero();
        look(1 + WatchedRing.LOST_LOOKS);

        assertThat(counters.lostWakeups.get()).isEqualTo(1);
        assertThat(counters.notTakenLooks.get()).isEqualTo(2 * WatchedRing.LOST_LOOKS);
        assertThat(device.taken).as("the watchdog only looks").hasValue(0);
    }

    @Test
    void countsNothingWhenChainsAreTaken() {
        guest.offer(writable(16));
        EventFd.signal(kick.number());
        while (device.taken.get() == 0) {
            Thread.yield(); // bounded by the test's time
        }
        awaitIdleWorker();

        look(2 * WatchedRing.LOST_LOOKS);

        assertThat(counters.notTakenLooks.get()).isZero();
        assertThat(counters.lostWakeups.get()).isZero();
    }

    @Test
    void leavesADisabledRingAlone() {
        vrings.enable(0, false);
        guest.offer(writable(16));

        look(2 * WatchedRing.LOST_LOOKS);

        assertThat(counters.notTakenLooks.get()).isZero();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watchdog.look();
        }
    }

    /** The worker has seen all that came before, and sleeps. */
    private void awaitIdleWorker() {
        while (!vrings.isWorkerSleeping(0)) {
            Thread.yield(); // bounded by the test's time
        }
    }
}
