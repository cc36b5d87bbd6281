package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.netif.GuestQueue.Sent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that goes on behind one that was killed. */
class TakeoverTest {
    private static final byte[] PLAIN = new byte[12];

    private NetGuest guest;
    private CardRig rig;
    private GuestQueue queue;

    @BeforeEach
    void open() throws Exception {
        guest = new NetGuest(1, true);
        queue = guest.queue();
        queue.offer(8);
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(100)), 0, 0, 0);
        queue.pushTx();
        rig = new CardRig(guest);
        rig.wire.deliver(PLAIN, Frames.random(5000));
        rig.turn();
    }

    @AfterEach
    void close() {
        rig.close();
        guest.close();
    }

    @Test
    void whatAGuestOfferedBeforeItWasConnectedIsNotLost() {
        assertThat(queue.answers()).containsExactly(0);
        assertThat(rig.wire.frames).hasSize(1);
        assertThat(queue.pollRx().frame()).isEqualTo(Frames.random(5000));
        assertThat(rig.counters.takeovers.get()).isZero();
    }

    @Test
    void whatIsOutstandingIsGivenBackAndThenItGoesOn() throws Exception {
        queue.answers();
        queue.pollRx();
        queue.putFrame(Frames.frame(true, true, 6000), 1, 1, 1448);
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(50)), 0, 0, 0);
        queue.pushTx();
        long txEvents = guest.domain.events(queue.txPort);
        long rxEvents = guest.domain.events(queue.rxPort);
        rig.restart();
        assertThat(guest.domain.events(queue.txPort)).isGreaterThan(txEvents);
        assertThat(guest.domain.events(queue.rxPort)).isGreaterThan(rxEvents);
        assertThat(queue.pollTx()).isEqualTo(new Sent(1, -2));
        assertThat(queue.pollTx().status()).isEqualTo(1);
        assertThat(queue.pollTx()).isEqualTo(new Sent(3, -2));
        assertThat(queue.pollTx()).isEqualTo(new Sent(4, -2));
        assertThat(queue.pollTx()).isEqualTo(new Sent(5, -2));
        assertThat(queue.pollTx()).isNull();
        for (int i = 2; i < 8; i++) {
            GuestQueue.Received back = queue.pollRx();
            assertThat(back.status()).isEqualTo(-1);
            assertThat(back.flags()).isZero();
            assertThat(back.slots()).isEqualTo(i);
        }
        assertThat(queue.pollRx()).isNull();
        queue.offer(3);
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(77)), 0, 0, 0);
        queue.pushTx();
        rig.wire.deliver(PLAIN, Frames.random(6000));
        rig.turn();
        assertThat(queue.answers()).containsExactly(0);
        assertThat(rig.wire.frames.getLast()).isEqualTo(Frames.fromGuest(0x1234, Frames.random(77)));
        assertThat(queue.pollRx().frame()).isEqualTo(Frames.random(6000));
    }

    /** A response that was written and not published has replaced a part of its request. */
    @Test
    void halfWrittenAnswersHideNothing() throws Exception {
        queue.answers();
        queue.putFrame(Frames.frame(true, true, 6000), 1, 1, 1448);
        queue.pushTx();
        for (int i = 1; i <= 4; i++) {
            if (i == 2) {
                HostMemory.putU16(queue.txSlot(i) + 2, 1);
            } else {
                HostMemory.putU16(queue.txSlot(i), i);
                HostMemory.putU16(queue.txSlot(i) + 2, 0);
            }
        }
        rig.restart();
        assertThat(queue.answers()).containsExactly(-2, 1, -2, -2);
        assertThat(rig.card.fault()).isNull();
    }

    @Test
    void aBackendThatComesBackTakesWhatTheGuestSendsThen() {
        queue.answers();
        rig.card.pause();
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(50)), 0, 0, 0);
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).isEmpty();
        rig.card.service().resume(rig.wire);
        rig.turn();
        assertThat(queue.answers()).containsExactly(0);
    }

    @Test
    void aFrameThatWaitedForSlotsGoesWithItsBackend() {
        queue.pollRx();
        rig.wire.deliver(PLAIN, Frames.random(60_000));
        rig.turn();
        assertThat(rig.card.awaitGuest()).isFalse();
        rig.card.pause();
        rig.card.service().resume(rig.wire);
        rig.wire.deliver(PLAIN, Frames.random(100));
        rig.turn();
        assertThat(queue.pollRx().frame()).isEqualTo(Frames.random(100));
    }
}
