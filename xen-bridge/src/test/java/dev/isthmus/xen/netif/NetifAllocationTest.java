package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a frame between ring and back-end makes no object. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetifAllocationTest {
    /** Of 20 frames each way. */
    private static final int ROUNDS = 2000;
    /** Code that is not compiled yet makes objects, and on a busy machine that may take a while. */
    private static final int ATTEMPTS = 50;
    private static final int FRAMES = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final byte[] plain = Frames.frame(true, true, 1400);
    private final byte[] large = Frames.frame(false, true, 9000);
    private final byte[] foreign = Frames.join(Frames.OTHER, Frames.OTHER, Frames.random(500));

    /** Bytes allocated by rounds. */
    private long measure(CardRig rig, int rounds) {
        GuestQueue queue = rig.guest.queue();
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < FRAMES; i++) {
                switch (i % 5) {
                    case 0 -> queue.putFrame(large, 1, 2, 1440);
                    case 1 -> queue.putFrame(foreign, 0, 0, 0);
                    default -> queue.putFrame(plain, 1, 0, 0);
                }
            }
            queue.pushTx();
            queue.offer(GuestQueue.SIZE - (queue.rxProducer - queue.rxConsumer));
            rig.wire.again = FRAMES;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            while (rig.card.turn() > 0 || rig.card.awaitGuest()) {
                Thread.onSpinWait();
            }
            bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
            queue.answers();
            queue.rxConsumer += queue.arrived();
            refill(rig);
        }
        return bytes;
    }

    private void refill(CardRig rig) {
        while (rig.wire.waiting() < 4) {
            rig.wire.deliver(Frames.header(1, 0, 0, 0, 34, 16), plain);
            rig.wire.deliver(Frames.header(1, 4, 74, 1440, 54, 16), large);
        }
    }

    @Test
    void nothingIsAllocatedBetweenRingAndBackend() throws Exception {
        try (NetGuest guest = new NetGuest(1, true); CardRig rig = new CardRig(guest)) {
            rig.wire.recording = false;
            refill(rig);
            expectNothing(ROUNDS, () -> measure(rig, ROUNDS));
            assertThat(rig.counters.receivedGsoFrames.get()).isPositive();
            assertThat(rig.counters.sentGsoFrames.get()).isPositive();
        }
    }

    /** Less than one object in a hundred rounds, so nothing for a frame and nothing for a turn. */
    private static void expectNothing(int rounds, Callable<Long> allocated) throws Exception {
        long bytes = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS && bytes > rounds / 100 * 16L; i++) {
            bytes = allocated.call();
        }
        assertThat(bytes).as("bytes in %d rounds", rounds).isLessThanOrEqualTo(rounds / 100 * 16L);
    }
}
