package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.IN;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Transport;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.FakeDriver;
import dev.isthmus.virtqueue.GuestRam;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.VringViolation;
import dev.isthmus.vring.Vrings;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ring on its worker: when requests are taken, and when not any more. */
@LeavesNothing
@Timeout(30)
class BlkRingLifeTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(8);
    private final RecordingStore store = RecordingStore.of(1 << 20);
    private final BlkDevice device = BlkDevice.create("life", new BlkDeviceOptions("", 1, null), store);
    private final RingWatchdog watchdog = new RingWatchdog();
    private final Vrings vrings = new Vrings(device, new WorkerOptions(1, 0, List.of(), Transport.AUTO), List.of(
            new VringCounters()),
            watchdog, failure -> {});
    private OwnedFd kick;
    private OwnedFd call;
    private OwnedFd err;

    @BeforeEach
    void configure() throws VringViolation, IOException {
        kick = EventFd.create();
        call = EventFd.create();
        err = EventFd.create();
        vrings.features(FakeDriver.WITH_NOTHING, true);
        vrings.memory(guest.memory(), true);
        vrings.size(0, 8);
        vrings.addresses(0, guest.addresses());
        vrings.call(0, call.duplicate());
        vrings.err(0, err.duplicate());
    }

    @AfterEach
    void free() throws Exception {
        vrings.close();
        watchdog.close();
        device.close();
        guest.close();
        kick.close();
        call.close();
        err.close();
    }

    private Chain offer() {
        Chain chain = guest.offer(readable(header(IN, 0)), writable(512), writable(1));
        EventFd.signal(kick.number());
        return chain;
    }

    private void start() throws VringViolation, IOException {
        vrings.kick(0, kick.duplicate());
    }

    private void awaitUsed(Chain chain) {
        while (guest.usedIndexAcquire() != guest.availableIndex()) {
            Thread.yield(); // bounded by the test's time
        }
        guest.expectUsed(chain, 513);
    }

    private long awaitCall() throws LinuxException {
        long calls = 0;
        while (calls == 0) {
            calls = EventFd.drain(call);
        }
        return calls;
    }

    /** A command to the worker and its answer: by then it has seen what was offered before. */
    private void letTheWorkerLook() {
        vrings.memory(guest.ram().map(), true);
        vrings.memory(guest.memory(), true);
    }

    @Clause("virtio 1.3, 2.1.2")
    @Clause("vhost-user, Ring states")
    @Test
    void nothingIsTakenBeforeARingIsStartedAndEnabled() throws Exception {
        Chain chain = offer();
        vrings.enable(0, true);
        guest.expectNothingUsed();
        vrings.enable(0, false);
        start();
        EventFd.drain(call); // setting a call descriptor may signal it
        letTheWorkerLook();
        guest.expectNothingUsed();
        assertThat(store.seen).isEmpty();
        assertThat(EventFd.drain(call)).isZero();

        vrings.enable(0, true);
        awaitUsed(chain);
        assertThat(awaitCall()).isPositive();
    }

    @Clause("virtio 1.3, 2.4.1")
    @Clause("vhost-user, VHOST_USER_GET_VRING_BASE")
    @Test
    void stoppedRingsAreNeitherTouchedNorNotified() throws Exception {
        vrings.enable(0, true);
        start();
        awaitUsed(offer());
        awaitCall();
        assertThat(vrings.stop(0)).isEqualTo(1);
        EventFd.drain(call);
        Chain later = offer();
        byte[] rings = guest.ram().read(GuestRam.RINGS, 4096);

        letTheWorkerLook();

        guest.expectNothingUsed();
        assertThat(later.isUntouched()).isTrue();
        assertThat(guest.ram().read(GuestRam.RINGS, 4096)).isEqualTo(rings);
        assertThat(EventFd.drain(call)).isZero();
        assertThat(store.seen).hasSize(1);
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_BASE")
    @Test
    void startedAgainTheRingGoesOnWhereItStopped() throws Exception {
        vrings.enable(0, true);
        start();
        awaitUsed(offer());
        int base = vrings.stop(0);
        Chain later = offer();

        vrings.base(0, base);
        start();

        awaitUsed(later);
        assertThat(vrings.stop(0)).isEqualTo(2);
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_ERR")
    @Test
    void ringsThatTheDriverBreaksAreStoppedAndErrIsSignalled() throws Exception {
        vrings.enable(0, true);
        start();
        awaitUsed(offer());
        guest.makeAvailable(99);
        EventFd.signal(kick.number());

        long signals = 0;
        while (signals == 0) { // bounded by the test's time
            signals = EventFd.drain(err);
        }
        assertThat(vrings.stop(0)).isEqualTo(1);
    }
}
