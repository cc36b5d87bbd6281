package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.linux.PollSet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device may expect of any uplink. Subclasses say where its frames come out, and how others come in. */
@Timeout(60)
public abstract class UplinkContract {
    private static final int HEADER = UplinkQueue.HEADER_BYTES;
    private static final int LARGEST = 65_557;
    private static final int ROUNDS = 500;

    private final FrameMemory memory = new FrameMemory();
    private Uplink uplink;
    private UplinkQueue queue;

    /** One that is the test's alone, without a limit below 1500 bytes to its MTU. */
    protected abstract Uplink create() throws IOException;

    /** Makes a frame come in at an open queue of the first pair. */
    protected abstract void arrive(UplinkQueue first, byte[] frame);

    /** Waits for the next frame that went out by it. */
    protected abstract byte[] awaitDeparted(UplinkQueue first);

    @BeforeEach
    void open() throws IOException {
        uplink = create();
        queue = uplink.open(0, Offloads.NONE);
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
        uplink.close();
        memory.close();
    }

    /** To the address of nobody in particular, of a type for experiments (IEEE 802, 88b5). */
    protected static byte[] frame(int bytes, int seed) {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            frame[i] = (byte) (i * 31 + seed);
        }
        byte[] head = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, (byte) 0x88, (byte) 0xb5};
        System.arraycopy(head, 0, frame, 0, Math.min(bytes, head.length));
        return frame;
    }

    private static byte[] withHeader(byte[] frame) {
        byte[] all = new byte[HEADER + frame.length];
        System.arraycopy(frame, 0, all, HEADER, frame.length);
        return all;
    }

    private int send(byte[] frame, int... cuts) {
        memory.put(withHeader(frame));
        return queue.send(memory.iovecs(), memory.cut(cuts), HEADER + frame.length);
    }

    /** The next frame, into room for the largest. */
    private byte[] await(int... cuts) {
        memory.spoil();
        int pieces = cuts.length == 0 ? memory.cut(HEADER, LARGEST) : memory.cut(cuts);
        int bytes = queue.receive(memory.iovecs(), pieces);
        for (int i = 0; bytes == UplinkQueue.NOTHING && i < 1_000_000; i++) {
            Thread.onSpinWait();
            bytes = queue.receive(memory.iovecs(), pieces);
        }
        assertThat(bytes).isGreaterThan(HEADER);
        byte[] all = memory.get(bytes);
        assertThat(Arrays.copyOf(all, 10)).as("header").isEqualTo(new byte[10]);
        assertThat(memory.isUntouchedFrom(bytes)).as("nothing is written behind the frame").isTrue();
        return Arrays.copyOfRange(all, HEADER, bytes);
    }

    @Test
    void saysWhatItCanDoAndSaysTheSameAgain() {
        assertThat(uplink.abilities().queuePairs()).isPositive();
        assertThat(uplink.abilities()).isEqualTo(uplink.abilities());
        assertThat(queue.descriptor()).isEqualTo(queue.descriptor()).isGreaterThanOrEqualTo(
                UplinkQueue.NO_DESCRIPTOR);
    }

    @Test
    void nothingComesInWhereNothingWasSent() {
        memory.spoil();
        assertThat(queue.receive(memory.iovecs(), memory.cut(HEADER, LARGEST))).isEqualTo(UplinkQueue.NOTHING);
        assertThat(memory.isUntouchedFrom(0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 1000, 1513, 1514})
    void frameGoesOutWhole(int bytes) {
        assertThat(send(frame(bytes, 3), HEADER, bytes)).isEqualTo(UplinkQueue.SENT);
        memory.spoil(); // it is ours again
        assertThat(awaitDeparted(queue)).isEqualTo(frame(bytes, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 1000, 1513, 1514})
    void frameComesInWhole(int bytes) {
        arrive(queue, frame(bytes, 5));
        assertThat(await()).isEqualTo(frame(bytes, 5));
    }

    @Test
    void piecesMayBeCutAnywhere() {
        for (int cut = 1; cut < HEADER + 60; cut++) {
            assertThat(send(frame(60, cut), cut, HEADER + 60 - cut)).isEqualTo(UplinkQueue.SENT);
            assertThat(awaitDeparted(queue)).isEqualTo(frame(60, cut));
            arrive(queue, frame(60, cut));
            assertThat(await(cut, HEADER + LARGEST - cut)).isEqualTo(frame(60, cut));
        }
    }

    @Test
    void framesKeepTheirOrder() {
        for (int i = 0; i < 20; i++) {
            arrive(queue, frame(100 + i, i));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(await()).isEqualTo(frame(100 + i, i));
        }
    }

    @Test
    void frameLargerThanItsRoomIsLostAndTheNextIsWhole() {
        arrive(queue, frame(1000, 1));
        arrive(queue, frame(100, 2));
        memory.spoil();
        int bytes = UplinkQueue.NOTHING;
        for (int i = 0; bytes == UplinkQueue.NOTHING && i < 1_000_000; i++) {
            bytes = queue.receive(memory.iovecs(), memory.cut(HEADER, 500));
        }
        assertThat(bytes).isEqualTo(UplinkQueue.TOO_LARGE);
        assertThat(memory.isUntouchedFrom(HEADER + 500)).isTrue();
        assertThat(await()).isEqualTo(frame(100, 2));
    }

    private boolean isReadable(int timeoutMillis) {
        try (PollSet set = PollSet.withRoomFor(1)) {
            set.put(0, queue.descriptor());
            set.await(timeoutMillis);
            return set.isReady(0);
        }
    }

    @Test
    void descriptorIsReadableWhenAFrameWaits() {
        if (queue.descriptor() != UplinkQueue.NO_DESCRIPTOR) {
            assertThat(isReadable(0)).isFalse();
            arrive(queue, frame(60, 1));
            assertThat(isReadable(10_000)).isTrue();
        }
    }

    @Test
    void pairsAreOpenedAndClosedAndOpenedAgain() throws IOException {
        for (int i = 0; i < 3; i++) {
            queue.close();
            queue = uplink.open(0, i % 2 == 0 ? uplink.abilities().toGuest() : Offloads.NONE);
            arrive(queue, frame(60, i));
            assertThat(await()).isEqualTo(frame(60, i));
        }
        if (uplink.abilities().queuePairs() > 1) {
            try (UplinkQueue second = uplink.open(1, Offloads.NONE)) {
                assertThat(second.receive(memory.iovecs(), memory.cut(HEADER, LARGEST)))
                        .isEqualTo(UplinkQueue.NOTHING);
            }
        }
    }

    @Test
    void framesAllocateNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        memory.put(withHeader(frame(60, 0)));
        int pieces = memory.cut(HEADER, LARGEST);
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 100 && allocated > ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                queue.receive(memory.iovecs(), pieces);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isLessThanOrEqualTo(ROUNDS);
    }
}
