package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.CrashPoint;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A process that ends at any of the calls it makes, and its successor. */
class NetifCrashTest {
    private static final int LIVES = 300;
    private static final byte[] PLAIN = new byte[12];

    private final byte[] small = Frames.fromGuest(0x1234, Frames.random(300));
    private final byte[] large = Frames.frame(true, true, 9000);
    private final FuzzRandom random = new FuzzRandom();

    @Test
    void everySlotIsAnsweredOnceWhereverItEnds() throws Exception {
        random.seed(1, 0);
        int crashes = 0;
        try (NetGuest guest = new NetGuest(1, false); CardRig rig = new CardRig(guest)) {
            GuestQueue queue = guest.queue();
            for (int life = 0; life < LIVES; life++) {
                crashes += live(rig, queue) ? 1 : 0;
            }
            assertThat(rig.card.fault()).isNull();
        }
        assertThat(crashes).isGreaterThan(LIVES / 3);
    }

    /** Whether it crashed. */
    private boolean live(CardRig rig, GuestQueue queue) throws Exception {
        queue.offer(GuestQueue.SIZE - (queue.rxProducer - queue.rxConsumer));
        int begin = queue.txProducer;
        for (int i = random.below(30); i >= 0; i--) {
            boolean cut = random.rarely(3);
            queue.putFrame(cut ? large : small, cut ? 1 : 0, cut ? 1 : 0, 1448);
        }
        queue.pushTx();
        rig.wire.recording = false;
        for (int i = random.below(20); i > 0; i--) {
            rig.wire.deliver(PLAIN, random.rarely(2) ? small : large);
        }
        queue.askForEvents();
        rig.crash.crashAfter(random.below(80));
        boolean crashed = false;
        try {
            rig.turn();
        } catch (CrashPoint.Crash e) {
            crashed = true;
        }
        rig.restart();
        expectAnswers(queue, begin);
        for (GuestQueue.Received one = queue.pollRx(); one != null; one = queue.pollRx()) {
            assertThat(one.status() < 0 || Arrays.equals(one.frame(), small)
                    || Arrays.equals(one.frame(), large)).isTrue();
        }
        assertThat(queue.rxConsumer).isEqualTo(queue.rxProducer);
        return crashed;
    }

    /** All of a packet's slots say the same, and those of extra infos nothing. */
    private static void expectAnswers(GuestQueue queue, int begin) {
        int index = begin;
        while (index != queue.txProducer) {
            int answered = index;
            GuestQueue.Sent first = queue.pollTx();
            assertThat(first).as("slot %d", answered).isNotNull();
            assertThat(first.id()).isEqualTo(answered & 0xffff);
            assertThat(first.status()).isIn(0, -2);
            index++;
            // The large frame is the only one with an extra info, and has three pieces more.
            int flags = HostMemory.u16(queue.txSlot(answered) + 6);
            if ((flags & 8) != 0) {
                assertThat(queue.pollTx().status()).isEqualTo(1);
                for (int piece = 0; piece < 3; piece++) {
                    assertThat(queue.pollTx().status()).isEqualTo(first.status());
                }
                index += 4;
            }
        }
        assertThat(queue.pollTx()).isNull();
    }
}
