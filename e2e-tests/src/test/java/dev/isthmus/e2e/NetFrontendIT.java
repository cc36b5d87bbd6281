package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.frontend.net.ReceiveQueue;
import dev.isthmus.frontend.net.TransmitQueue;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every byte of frames that go to a back-end and come back is compared, by this project's own driver. */
@Tag("network")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetFrontendIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int FRAMES_A_PAIR = 100_000;
    private static final int QUEUE_SIZE = 256;
    /** Of all frames: two addresses and a type. */
    private static final int ETHERNET_BYTES = 14;
    private static final int FRAME_BYTES_MIN = 64;
    private static final int FRAME_BYTES_MAX = 1514;
    /** Mergeable ones hold a part of the larger frames. */
    private static final int SMALL_BUFFER_BYTES = 512;
    private static final int LARGE_BUFFER_BYTES = 2048;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} queue pairs, mergeable buffers: {1}")
    @CsvSource({"1, false", "1, true", "2, false", "2, true"})
    void whatItSendsComesBackInOrderAndWhole(int queuePairs, boolean mergeable) throws Exception {
        Card card = Card.of("frontend", 0, directory).withQueuePairs(queuePairs);
        long wanted = DriverVirtqueue.VERSION_1 | DriverVirtqueue.EVENT_IDX | (mergeable ? NetLayout.F_MRG_RXBUF : 0)
                | (queuePairs > 1 ? NetLayout.F_MQ : 0);
        int bufferBytes = mergeable ? SMALL_BUFFER_BYTES : LARGE_BUFFER_BYTES;
        long memoryBytes = queuePairs * (2 * SplitDriverVirtqueue.bytes(QUEUE_SIZE, 0)
                + TransmitQueue.bytes(QUEUE_SIZE, FRAME_BYTES_MAX) + ReceiveQueue.bytes(QUEUE_SIZE, bufferBytes));
        try (Loopback loopback = Loopback.open(card);
                SharedMemory memory = SharedMemory.allocate(memoryBytes);
                SharedMemory scratch = SharedMemory.allocate(1 << 16);
                OwnedFd call = EventFd.create();
                Frontend frontend = Frontend.connect(card.socket(), TIMEOUT)) {
            long features = frontend.negotiate(wanted);
            assertThat(features & NetLayout.F_MRG_RXBUF).isEqualTo(wanted & NetLayout.F_MRG_RXBUF);
            frontend.share(memory);
            List<Pair> pairs = new ArrayList<>();
            for (int pair = 0; pair < queuePairs; pair++) {
                pairs.add(Pair.start(frontend, memory, pair, features, bufferBytes, call));
            }
            Testpmd.Counts before = loopback.counts();
            run(pairs, scratch.userAddress());
            Testpmd.Counts moved = loopback.counts().minus(before);
            assertThat(moved).isEqualTo(new Testpmd.Counts((long) FRAMES_A_PAIR * queuePairs, (long) FRAMES_A_PAIR
                    * queuePairs));
            for (Pair pair : pairs) {
                pair.stop();
            }
        }
    }

    private static void run(List<Pair> pairs, long scratch) throws IOException {
        long last = System.nanoTime();
        while (pairs.stream().anyMatch(pair -> pair.received < FRAMES_A_PAIR)) {
            int moved = 0;
            for (Pair pair : pairs) {
                moved += pair.turn(scratch);
            }
            if (moved > 0) {
                last = System.nanoTime();
            } else if (System.nanoTime() - last > PATIENCE_NANOS) {
                throw new AssertionError("nothing moves any more: " + pairs);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** One pair's driver. */
    private static final class Pair {

        private final int number;
        private final TransmitQueue transmit;
        private final ReceiveQueue receive;
        private final FrontendVring transmitRing;
        private final FrontendVring receiveRing;
        private int sent;
        private int received;

        private Pair(int number, TransmitQueue transmit, ReceiveQueue receive, FrontendVring transmitRing,
                FrontendVring receiveRing) {
            this.number = number;
            this.transmit = transmit;
            this.receive = receive;
            this.transmitRing = transmitRing;
            this.receiveRing = receiveRing;
        }

        static Pair start(Frontend frontend, SharedMemory memory, int number, long features, int bufferBytes,
                OwnedFd call) throws IOException {
            var in = SplitDriverVirtqueue.create(memory, QUEUE_SIZE, features, 65_000, 0);
            var out = SplitDriverVirtqueue.create(memory, QUEUE_SIZE, features, 0, 0);
            var receive = ReceiveQueue.create(memory, in, features, bufferBytes);
            var transmit = TransmitQueue.create(memory, out, FRAME_BYTES_MAX);
            FrontendVring receiveRing = frontend.start(NetLayout.receiveRing(number), in, call);
            FrontendVring transmitRing = frontend.start(NetLayout.transmitRing(number), out, call);
            in.suppressNotifications();
            out.suppressNotifications();
            return new Pair(number, transmit, receive, transmitRing, receiveRing);
        }

        /** Sends while there is room, receives what is there; how many frames that were. */
        int turn(long scratch) {
            int before = sent + received;
            if (receive.offer()) {
                receiveRing.kick();
            }
            assertThat(transmit.reclaim()).isNotNegative();
            while (transmit.room() > 0 && sent < FRAMES_A_PAIR) {
                write(transmit.buffer() + NetLayout.HEADER_BYTES, sent);
                transmit.add(bytes(sent));
                sent++;
            }
            if (transmit.flush()) {
                transmitRing.kick();
            }
            for (int bytes = receive.receive(scratch, 1 << 16); bytes != ReceiveQueue.NOTHING; bytes = receive.receive(
                    scratch, 1 << 16)) {
                assertThat(bytes).as(receive.fault()).isEqualTo(NetLayout.HEADER_BYTES + bytes(received));
                compare(scratch + NetLayout.HEADER_BYTES, received);
                received++;
            }
            return sent + received - before;
        }

        private static int bytes(int frame) {
            return FRAME_BYTES_MIN + (int) (frame * 2_654_435_761L >>> 7 & 0x7fff_ffff) % (FRAME_BYTES_MAX
                    - FRAME_BYTES_MIN + 1);
        }

        private void write(long at, int frame) {
            int bytes = bytes(frame);
            for (int i = 0; i < ETHERNET_BYTES; i++) {
                HostMemory.putU8(at + i, 2);
            }
            for (int i = ETHERNET_BYTES; i < bytes; i++) {
                HostMemory.putU8(at + i, content(frame, i));
            }
        }

        private int content(int frame, int at) {
            return frame * 31 + at * 7 + (frame >> 8) + number & 0xff;
        }

        private void compare(long at, int frame) {
            int bytes = bytes(frame);
            for (int i = ETHERNET_BYTES; i < bytes; i++) {
                if (HostMemory.u8(at + i) != content(frame, i)) {
                    throw new AssertionError("frame %d of pair %d, byte %d: %d instead of %d".formatted(frame, number,
                            i, HostMemory.u8(at + i), content(frame, i)));
                }
            }
        }

        void stop() throws IOException {
            transmitRing.stop();
            receiveRing.stop();
            transmitRing.close();
            receiveRing.close();
        }

        @Override
        public String toString() {
            return "pair " + number + " sent " + sent + ", received " + received;
        }
    }
}
