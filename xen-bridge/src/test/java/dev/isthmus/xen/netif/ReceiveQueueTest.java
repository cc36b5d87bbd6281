package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames for a guest: what it finds in its ring. */
class ReceiveQueueTest {
    private static final int VALIDATED = 1;
    private static final int BLANK = 2;
    private static final byte[] PLAIN = new byte[12];

    private final NetGuest guest = new NetGuest(1, true);
    private final GuestQueue queue = guest.queue();
    private CardRig rig;

    private void open(NetifConnection wanted) throws Exception {
        rig = new CardRig(guest, wanted, VifRate.UNLIMITED);
    }

    private void open() throws Exception {
        open(guest.connection());
    }

    @AfterEach
    void close() {
        rig.close();
        assertThat(guest.domain.mappings()).isZero();
        assertThat(guest.domain.bindings()).isZero();
        guest.close();
    }

    private GuestQueue.Received receive(byte[] header, byte[] frame) {
        rig.wire.deliver(header, frame);
        rig.turn();
        return queue.pollRx();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 1514, 4084, 4085, 8180, 8181, 30000, 65535})
    void aFrameTakesASlotForEachPiece(int length) throws Exception {
        open();
        queue.offer(40);
        byte[] frame = Frames.random(length);
        GuestQueue.Received received = receive(PLAIN, frame);
        assertThat(received.frame()).isEqualTo(frame);
        assertThat(received.flags() & 3).isZero();
        assertThat(received.slots()).isEqualTo((length + 12 + 4095) / 4096);
        assertThat(rig.counters.receivedBytes.get()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, 1, 34", "false, 4, 2, 54"})
    void aFrameThatIsToBeCutSaysSoInASlotOfItsOwn(boolean v4, int virtioType, int gsoType, int start)
            throws Exception {
        open();
        queue.offer(40);
        byte[] frame = Frames.frame(v4, true, 60000);
        GuestQueue.Received received =
                receive(Frames.header(1, virtioType | 0x80, start + 20, 1448, start, 16), frame);
        assertThat(received.frame()).isEqualTo(frame);
        assertThat(received.flags()).isEqualTo(BLANK | VALIDATED | 4 | 8);
        assertThat(received.gsoType()).isEqualTo(gsoType);
        assertThat(received.gsoSize()).isEqualTo(1448);
        assertThat(received.slots()).isEqualTo(16);
        assertThat(rig.counters.receivedGsoFrames.get()).isEqualTo(1);
        assertThat(rig.counters.receivedSlotsMax.get()).isEqualTo(16);
    }

    @Test
    void aFrameToBeCutThatFitsOnePieceHasItsExtraInfoToo() throws Exception {
        open();
        queue.offer(4);
        byte[] frame = Frames.frame(true, true, 2000);
        GuestQueue.Received received = receive(Frames.header(1, 1, 54, 500, 34, 16), frame);
        assertThat(received.frame()).isEqualTo(frame);
        assertThat(received.slots()).isEqualTo(2);
        assertThat(received.flags()).isEqualTo(BLANK | VALIDATED | 8);
    }

    @ParameterizedTest
    @CsvSource({"true, true, 34, 16", "true, false, 34, 6", "false, true, 54, 16", "false, false, 54, 6"})
    void aGuestIsToldOfChecksumsThatAreMissing(boolean v4, boolean tcp, int start, int offset) throws Exception {
        open();
        queue.offer(4);
        byte[] frame = Frames.frame(v4, tcp, 1000);
        GuestQueue.Received received = receive(Frames.header(1, 0, 0, 0, start, offset), frame);
        assertThat(received.flags()).isEqualTo(BLANK | VALIDATED);
        assertThat(received.frame()).isEqualTo(frame);
    }

    @ParameterizedTest
    @CsvSource({"true, true, 34, 16", "true, false, 34, 6", "false, true, 54, 16", "false, false, 54, 6"})
    void checksumsThatAGuestDoesNotMakeAreMadeHere(boolean v4, boolean tcp, int start, int offset) throws Exception {
        open(guest.connection(true, true, false, false, true));
        queue.offer(60);
        for (int data = 0; data < 20; data++) {
            byte[] frame = Frames.frame(v4, tcp, 4030 + data);
            GuestQueue.Received received = receive(Frames.header(1, 0, 0, 0, start, offset), frame);
            assertThat(received.flags() & 3).isEqualTo(VALIDATED);
            assertThat(Frames.isRight(received.frame(), start, v4, tcp ? 6 : 17)).isTrue();
        }
        assertThat(rig.counters.softwareChecksums.get()).isEqualTo(20);
    }

    @Test
    void aChecksumWhereAGuestWouldNotLookIsMadeHere() throws Exception {
        open();
        queue.offer(4);
        byte[] frame = Frames.fromGuest(0x1234, new byte[100]);
        GuestQueue.Received received = receive(Frames.header(1, 0, 0, 0, 20, 4), frame);
        assertThat(received.flags()).isEqualTo(VALIDATED);
        assertThat(received.frame()[24]).isEqualTo((byte) 0xff);
    }

    @Test
    void aChecksumThatWasFoundRightIsTold() throws Exception {
        open();
        queue.offer(4);
        assertThat(receive(Frames.header(2, 0, 0, 0, 0, 0), Frames.random(60)).flags()).isEqualTo(VALIDATED);
    }

    @Test
    void whatABackendCannotSayOfAFrameIsDropped() throws Exception {
        open();
        queue.offer(20);
        byte[] frame = Frames.frame(true, true, 2000);
        assertThat(receive(Frames.header(0, 1, 54, 500, 34, 16), frame)).isNull();
        assertThat(receive(Frames.header(1, 3, 54, 500, 34, 16), frame)).isNull();
        assertThat(receive(Frames.header(1, 4, 54, 500, 34, 16), frame)).isNull();
        assertThat(receive(Frames.header(1, 1, 54, 0, 34, 16), frame)).isNull();
        assertThat(receive(Frames.header(1, 1, 54, 500, 40, 16), frame)).isNull();
        assertThat(receive(Frames.header(1, 0, 0, 0, 65535, 65535), frame)).isNull();
        assertThat(receive(Frames.header(1, 0, 0, 0, 2051, 2), frame)).isNull();
        assertThat(rig.counters.drops(DropCause.BACKEND).get()).isEqualTo(7);
        assertThat(receive(PLAIN, frame).frame()).isEqualTo(frame);
    }

    @Test
    void aGuestWithoutScatterGatherGetsWhatFitsASlot() throws Exception {
        open(guest.connection(false, false, true, true, true));
        queue.offer(4);
        assertThat(receive(PLAIN, Frames.random(1514)).slots()).isEqualTo(1);
        assertThat(receive(PLAIN, Frames.random(4085))).isNull();
        assertThat(rig.counters.drops(DropCause.TOO_LARGE).get()).isEqualTo(1);
        assertThat(guest.connection(false, true, true, true, true).unwanted()).isEqualTo(0x180);
        assertThat(guest.connection(true, true, false, false, true).unwanted()).isEqualTo(0x182);
        assertThat(guest.connection(true, true, true, false, true).unwanted()).isEqualTo(0x100);
        assertThat(guest.connection().unwanted()).isZero();
    }

    @Test
    void withoutSlotsAFrameWaitsUntilThereAreEnough() throws Exception {
        open();
        byte[] frame = Frames.random(9000);
        assertThat(receive(PLAIN, frame)).isNull();
        assertThat(rig.wire.watched).isFalse();
        rig.wire.deliver(PLAIN, frame);
        assertThat(rig.card.awaitGuest()).isFalse();
        assertThat(HostMemory.u32(queue.rx + 4)).isEqualTo(1);
        queue.offer(2);
        assertThat(guest.domain.events(queue.rxPort)).isPositive();
        assertThat(rig.card.awaitGuest()).isTrue();
        rig.turn();
        assertThat(queue.pollRx()).isNull();
        assertThat(rig.card.awaitGuest()).isFalse();
        assertThat(HostMemory.u32(queue.rx + 4)).isEqualTo(3);
        assertThat(rig.card.millisToTurn()).isEqualTo(-1);
        queue.offer(2);
        rig.turn();
        assertThat(queue.pollRx().frame()).isEqualTo(frame);
        assertThat(queue.pollRx()).isNull();
        assertThat(rig.wire.waiting()).isZero();
        queue.offer(4);
        rig.turn();
        assertThat(queue.pollRx().frame()).isEqualTo(frame);
        assertThat(rig.wire.watched).isTrue();
        assertThat(rig.counters.receiveStalls.get()).isEqualTo(1);
    }

    @Test
    void aGuestThatDoesNotNotifyIsLookedAt() throws Exception {
        open(guest.connection(true, true, true, true, false));
        assertThat(rig.card.millisToTurn()).isEqualTo(-1);
        assertThat(receive(PLAIN, Frames.random(100))).isNull();
        assertThat(rig.card.millisToTurn()).isEqualTo(30);
    }

    @Test
    void aPageThatIsNotGrantedIsAnErrorInEachSlotOfTheFrame() throws Exception {
        open();
        queue.putRx(0, queue.rxGrants[0]);
        queue.putRx(1, 4000);
        queue.offer(3);
        assertThat(receive(PLAIN, Frames.random(8000)).status()).isEqualTo(-1);
        assertThat(queue.pollRx().status()).isEqualTo(-1);
        assertThat(queue.pollRx()).isNull();
        byte[] frame = Frames.random(200);
        assertThat(receive(PLAIN, frame).frame()).isEqualTo(frame);
        assertThat(rig.counters.drops(DropCause.COPY).get()).isEqualTo(1);
    }

    @Test
    void aProducerFarAheadClosesTheRing() throws Exception {
        open();
        HostMemory.putU32(queue.rx, 257);
        assertThat(receive(PLAIN, Frames.random(100))).isNull();
        assertThat(rig.card.fault()).contains("receive ring");
        assertThat(rig.wire.watched).isFalse();
    }

    @Test
    void manyFramesAreCopiedTogetherAndNotifiedOnce() throws Exception {
        open();
        queue.offer(256);
        queue.askForEvents();
        long before = guest.domain.events(queue.rxPort);
        for (int i = 0; i < 50; i++) {
            rig.wire.deliver(PLAIN, Frames.random(1000 + i));
        }
        rig.turn();
        assertThat(guest.domain.events(queue.rxPort)).isEqualTo(before + 1);
        assertThat(rig.counters.device.grantCopyBatches.get()).isEqualTo(1);
        for (int i = 0; i < 50; i++) {
            assertThat(queue.pollRx().frame()).isEqualTo(Frames.random(1000 + i));
        }
    }
}
