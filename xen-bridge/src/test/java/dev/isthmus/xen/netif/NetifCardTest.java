package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.xen.bridge.ServedDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A card with its thread, between a guest and a back-end on a real socket that gives frames back. */
@LeavesNothing
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetifCardTest {
    private static final int TIMES = 6;
    private static final int FRAMES = 300;

    @TempDir
    Path directory;

    private Path socket;
    private NetifCardOptions options;

    @BeforeEach
    void name() {
        socket = directory.resolve("socket");
        options = NetGuest.options(socket, VifRate.UNLIMITED);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "2, false", "3, true"})
    void framesOfAnySizeComeBackOnEachQueue(int queues, boolean split) throws Exception {
        try (TestCard _ = TestCard.serve(socket, 4); NetGuest guest = new NetGuest(queues, split);
                var card = NetifCard.open(options, guest)) {
            assertThat(card.properties()).isEqualTo(new NetifProperties(4, true, true));
            card.connect(guest.connection());
            for (GuestQueue queue : guest.queues) {
                queue.offer(200);
                for (int data : new int[] {0, 1000, 4050, 9000, 30000, 65000}) {
                    boolean v4 = data % 2000 == 0;
                    byte[] frame = Frames.frame(v4, true, data);
                    queue.putFrame(frame, 1, data > 1500 ? v4 ? 1 : 2 : 0, 1400);
                    queue.pushTx();
                    GuestQueue.Received received = queue.awaitRx();
                    assertThat(received.frame()).isEqualTo(frame);
                    assertThat(received.gsoSize()).isEqualTo(data > 1500 ? 1400 : 0);
                    assertThat(received.flags() & 3).isEqualTo(3);
                    queue.offer(received.slots());
                }
                assertThat(queue.awaitTx()).contains(0).doesNotContain(-1, -2);
            }
            card.disconnect();
            assertThat(guest.domain.mappings()).isZero();
            assertThat(guest.domain.bindings()).isZero();
            assertThat(card.counters().sentFrames.get()).isEqualTo(card.counters().receivedFrames.get());
            assertThat(card.fault()).isEmpty();
        }
    }

    @Test
    void aGuestThatCanNothingIsServed() throws Exception {
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, false);
                var card = NetifCard.open(options, guest)) {
            card.connect(guest.connection(false, false, false, false, true));
            GuestQueue queue = guest.queue();
            queue.offer(20);
            byte[] frame = Frames.fromGuest(0x1234, Frames.random(1400));
            queue.putFrame(frame, 0, 0, 0);
            queue.pushTx();
            assertThat(queue.awaitRx().frame()).isEqualTo(frame);
        }
    }

    @Test
    void aBackendThatComesBackIsAPause() throws Exception {
        TestCard backend = TestCard.serve(socket, 1);
        try (NetGuest guest = new NetGuest(1, true); var card = NetifCard.open(options, guest)) {
            card.connect(guest.connection());
            try (NetLoad load = new NetLoad(guest.queue())) {
                for (int i = 0; i < TIMES; i++) {
                    load.await(FRAMES);
                    backend.close();
                    backend = TestCard.serve(socket, 1);
                }
                load.await(FRAMES);
            }
            assertThat(card.counters().device.backendConnects.get()).isGreaterThanOrEqualTo(TIMES + 1);
            assertThat(card.fault()).isEmpty();
            card.disconnect();
            assertThat(guest.domain.mappings()).isZero();
        } finally {
            backend.close();
        }
    }

    @Test
    void aBridgeThatComesBackIsAPause() throws Exception {
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, false)) {
            ServedDevice<NetifConnection, NetifProperties, NetifCounters> card = NetifCard.open(options, guest);
            card.connect(guest.connection());
            try (NetLoad load = new NetLoad(guest.queue())) {
                for (int i = 0; i < TIMES; i++) {
                    load.await(FRAMES);
                    card.close();
                    assertThat(guest.domain.mappings()).isZero();
                    assertThat(guest.domain.bindings()).isZero();
                    card = NetifCard.open(options, guest);
                    card.connect(guest.takenOver());
                }
                load.await(FRAMES);
                assertThat(card.counters().takeovers.get()).isPositive();
            }
            card.disconnect();
            card.close();
        }
    }

    @Test
    void aGuestMayConnectAgainAndAgain() throws Exception {
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, true);
                var card = NetifCard.open(options, guest)) {
            for (int i = 0; i < TIMES; i++) {
                guest.queue().reset();
                card.connect(guest.connection());
                try (NetLoad load = new NetLoad(guest.queue())) {
                    load.await(20);
                }
                card.disconnect();
                assertThat(guest.domain.bindings()).isZero();
            }
        }
    }

    @Test
    void aGuestThatIsGoneIsLetGoOf() throws Exception {
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, true)) {
            var card = NetifCard.open(options, guest);
            card.connect(guest.connection());
            try (NetLoad load = new NetLoad(guest.queue())) {
                load.await(20);
            }
            guest.xen.destroy(guest.domain);
            card.close();
            assertThat(guest.domain.mappings()).isZero();
        }
    }

    @Test
    void wrongNumbersAreRefusedAndLeaveNothing() throws Exception {
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, false);
                var card = NetifCard.open(options, guest)) {
            NetifQueue good = guest.queue().described();
            refuse(card, "0 queues");
            refuse(card, "2 queues", good, good);
            refuse(card, "4294967295", new NetifQueue(-1, good.rxReference(), good.txPort(), good.rxPort()));
            refuse(card, "4294967295", new NetifQueue(good.txReference(), -1, good.txPort(), good.rxPort()));
            refuse(card, "port 63", new NetifQueue(good.txReference(), good.rxReference(), good.txPort(), 63));
            assertThat(guest.domain.mappings()).isZero();
            assertThat(guest.domain.bindings()).isZero();
            card.connect(guest.connection());
        }
    }

    private static void refuse(ServedDevice<NetifConnection, ?, ?> card, String why, NetifQueue... queues) {
        assertThatThrownBy(() -> card.connect(new NetifConnection(List.of(queues), true, true, true, true, true, true,
                false)))
                .isInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @Test
    void aBackendWithLessThanTheGuestWasToldIsWaitedFor() throws Exception {
        try (NetGuest guest = new NetGuest(2, false); var card = NetifCard.open(options, guest)) {
            try (TestCard _ = TestCard.serve(socket, 2)) {
                card.connect(guest.connection());
            }
            try (TestCard _ = TestCard.serve(socket, 1)) {
                while (!card.fault().orElse("").contains("instead of 2 pairs")) {
                    Thread.onSpinWait();
                }
            }
            try (TestCard _ = TestCard.serve(socket, 2); NetLoad load = new NetLoad(guest.queues[1])) {
                load.await(20);
                assertThat(card.fault()).isEmpty();
            }
        }
    }

    @Test
    void theWorkerAllocatesNothingForAFrame() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TestCard _ = TestCard.serve(socket, 1); NetGuest guest = new NetGuest(1, true);
                var card = NetifCard.open(options, guest)) {
            card.connect(guest.connection());
            long worker = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("netif-test")).findFirst().orElseThrow().threadId();
            try (NetLoad load = new NetLoad(guest.queue())) {
                long bytes = Long.MAX_VALUE;
                // Code that is not compiled yet makes objects.
                for (int i = 0; i < 200 && bytes > 160; i++) {
                    long before = threads.getThreadAllocatedBytes(worker);
                    load.await(1000);
                    bytes = threads.getThreadAllocatedBytes(worker) - before;
                }
                assertThat(bytes).as("bytes for 1000 frames there and back").isLessThanOrEqualTo(160);
            }
        }
    }
}
