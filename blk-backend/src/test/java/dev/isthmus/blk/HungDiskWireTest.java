package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.fault.Fault;
import dev.isthmus.blk.store.fault.FaultRule;
import dev.isthmus.blk.store.fault.FaultStore;
import dev.isthmus.linux.Descriptors;
import dev.isthmus.loop.Transport;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeDisk;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.LogLines;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vhostuser.WireRig;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.WatchLimits;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that hangs under a front-end, over a real socket. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HungDiskWireTest {
    private static final int SIZE = 32;
    private static final int SECTOR = 512;
    private static final int REQUESTS = 5;
    /** Whatever the watchdog finds in flight is old enough for it to speak. */
    private static final WatchLimits IMPATIENT = new WatchLimits(Duration.ZERO, Duration.ofNanos(1));

    private FaultStore store;

    private WireRig<BlkDevice> serve(String name, Transport transport) throws IOException {
        store = FaultStore.around(name, MemoryStore.open(name, 1 << 20));
        return WireRig.serve(BlkDevice.create(name, new BlkDeviceOptions("", 1, null), store),
                new WorkerOptions(1, 0, List.of(), transport, IMPATIENT));
    }

    /** A disk on which this many requests hang. */
    private FakeDisk hung(FakeFrontend frontend) throws IOException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        store.rule(FaultRule.of(Fault.HANG));
        for (int i = 0; i < REQUESTS; i++) {
            disk.submitWrite(i, new byte[SECTOR]);
        }
        Waiting.until("they hang", () -> store.heldCount() == REQUESTS);
        return disk;
    }

    private static boolean isAnswered(FakeFrontend frontend) {
        return Descriptors.awaitReadable(frontend.socket().fd(), 60);
    }

    @Clause("vhost-user, VHOST_USER_GET_VRING_BASE")
    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void vringBaseIsAnsweredWhenWhatIsInFlightIsDoneAndNotBefore(Transport transport) throws IOException {
        try (WireRig<BlkDevice> rig = serve("waits", transport); FakeFrontend frontend = rig.connected(0)) {
            FakeDisk disk = hung(frontend);

            frontend.send(Code.GET_VRING_BASE, 1, FakeFrontend.state(0, 0));
            assertThat(isAnswered(frontend)).as("while they hang").isFalse();
            store.rule(null);

            ByteBuffer reply = ByteBuffer.wrap(frontend.receive().payload()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(reply.getInt()).isZero();
            assertThat(reply.getInt()).as("all that were taken").isEqualTo(REQUESTS);
            assertThat(disk.ring().usedIndex()).as("each was answered").isEqualTo(REQUESTS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void watchdogTellsOnceThatItHangsAndOnceThatItGoesOn(Transport transport) throws IOException {
        try (LogLines log = new LogLines(); WireRig<BlkDevice> rig = serve("told", transport);
                FakeFrontend frontend = rig.connected(0)) {
            VringCounters counters = rig.server().counters().vrings().getFirst();
            FakeDisk disk = hung(frontend);
            Waiting.until("it is seen", () -> counters.stalledNanos.get() > 0);
            long before = counters.stalledNanos.get();
            Waiting.until("it is seen again", () -> counters.stalledNanos.get() > before);
            assertThat(counters.stalls.get()).isEqualTo(1);

            store.rule(null);
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(disk.await().status()).isZero();
            }
            Waiting.until("it is seen that they are done", () -> counters.stalledNanos.get() == 0);

            assertThat(log.of("told ring 0")).hasSize(2);
            assertThat(counters.stalls.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void watchdogSeesARingThatCannotStop(Transport transport) throws IOException {
        try (WireRig<BlkDevice> rig = serve("stops", transport)) {
            VringCounters counters = rig.server().counters().vrings().getFirst();
            try (FakeFrontend frontend = rig.connected(0)) {
                hung(frontend);
            }
            Waiting.until("it is seen after the front-end went away", () -> counters.stalledNanos.get() > 0);

            store.rule(null);
            rig.awaitDisconnected();

            assertThat(counters.stalledNanos.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void nextFrontendIsServedWhenNothingOfTheOneBeforeHangs(Transport transport) throws IOException {
        try (WireRig<BlkDevice> rig = serve("next", transport)) {
            try (FakeFrontend first = rig.connected(0)) {
                hung(first);
            }
            try (FakeFrontend second = rig.connect(FakeFrontend.Style.QEMU)) {
                second.send(Code.GET_FEATURES, 1, new byte[0]);
                assertThat(isAnswered(second)).as("while requests of the first hang").isFalse();

                store.rule(null);

                assertThat(second.receive().code()).isEqualTo(Code.GET_FEATURES);
                assertThat(second.negotiate(0).shareRam().startDisk(0, SIZE).read(0, SECTOR).status()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void neighbourIsServedMeanwhile(Transport transport) throws IOException {
        try (WireRig<BlkDevice> neighbour = serve("neighbour", transport);
                FakeFrontend beside = neighbour.connected(0);
                WireRig<BlkDevice> rig = serve("hangs", transport);
                FakeFrontend frontend = rig.connected(0)) {
            FakeDisk disk = beside.startDisk(0, SIZE);
            hung(frontend);

            for (int i = 0; i < 1000; i++) {
                assertThat(disk.write(i % 100, new byte[SECTOR]).status()).isZero();
            }

            assertThat(store.heldCount()).isEqualTo(REQUESTS);
            store.rule(null);
        }
    }
}
