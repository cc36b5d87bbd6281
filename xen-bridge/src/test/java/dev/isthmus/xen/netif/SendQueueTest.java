package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.FakeGrantTable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of a guest: what reaches the back-end, and what the guest is told. */
class SendQueueTest {
    private static final int BLANK = 1;

    private NetGuest guest;
    private FakeGrantTable grants;
    private CardRig rig;
    private GuestQueue queue;

    @BeforeEach
    void open() throws Exception {
        guest = new NetGuest(1, false);
        grants = guest.xen.openGrantTable();
        rig = new CardRig(guest, guest.connection(), VifRate.UNLIMITED, grants);
        queue = guest.queue();
    }

    @AfterEach
    void close() {
        assertThat(rig.wire.missing()).isZero();
        rig.close();
        assertThat(guest.domain.mappings()).isZero();
        assertThat(guest.domain.bindings()).isZero();
        guest.close();
    }

    private List<Integer> send(byte[] frame, int flags, int gsoType, int gsoSize, int... pieces) {
        queue.putFrame(frame, flags, gsoType, gsoSize, pieces);
        queue.pushTx();
        rig.turn();
        return queue.answers();
    }

    private void expectDropped(DropCause cause) {
        assertThat(rig.counters.drops(cause).get()).as(cause.toString()).isEqualTo(1);
        assertThat(rig.wire.frames).isEmpty();
    }

    @Test
    void aFrameOfOneSlotArrivesAsItIs() {
        byte[] frame = Frames.fromGuest(0x1234, Frames.random(100));
        assertThat(send(frame, 0, 0, 0)).containsExactly(0);
        assertThat(rig.wire.frames).containsExactly(frame);
        assertThat(rig.wire.headers).containsExactly(new byte[12]);
        assertThat(rig.counters.sentFrames.get()).isEqualTo(1);
        assertThat(rig.counters.sentBytes.get()).isEqualTo(frame.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"14 86 4096", "1 1 12 2000", "4096 4096 1", "20 0 4000 96", "127 4096", "128 4096",
        "4084 4096", "4085 4096", "4000 100 100"})
    void piecesAreJoined(String pieces) {
        expectJoined(Pattern.compile(" ").splitAsStream(pieces).mapToInt(Integer::parseInt).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 4096})
    void anyNumberOfPiecesThatNetifAllows(int size) {
        for (int count = 1; count <= 18; count++) {
            if (count * size <= 65535) {
                int[] pieces = new int[count];
                Arrays.fill(pieces, size);
                expectJoined(pieces);
            }
        }
    }

    private void expectJoined(int... pieces) {
        rig.wire.frames.clear();
        int bytes = Arrays.stream(pieces).sum();
        byte[] frame = Frames.fromGuest(0x1234, Frames.random(bytes - 14));
        assertThat(send(frame, 0, 0, 0, pieces)).hasSize(pieces.length).containsOnly(0);
        assertThat(rig.wire.frames).containsExactly(frame);
    }

    @ParameterizedTest
    @CsvSource({"true, true, 34, 16", "true, false, 34, 6", "false, true, 54, 16", "false, false, 54, 6"})
    void whereTheChecksumIsToBeIsFoundInTheHeaders(boolean v4, boolean tcp, int start, int offset) {
        byte[] frame = Frames.frame(v4, tcp, 1000);
        assertThat(send(frame, BLANK, 0, 0)).containsExactly(0);
        assertThat(rig.wire.headers).containsExactly(Frames.header(1, 0, 0, 0, start, offset));
        assertThat(rig.wire.frames).containsExactly(frame);
    }

    @ParameterizedTest
    @CsvSource({"true, true, 34", "true, false, 34", "false, true, 54", "false, false, 54"})
    void withoutHelpOfTheBackendTheChecksumIsMadeHere(boolean v4, boolean tcp, int start) {
        rig.wire.features = 0;
        rig.card.service().resume(rig.wire);
        for (int data = 0; data < 40; data++) {
            rig.wire.frames.clear();
            rig.wire.headers.clear();
            byte[] frame = Frames.frame(v4, tcp, 4000 + data);
            assertThat(send(frame, BLANK, 0, 0, 61, frame.length - 61)).containsExactly(0, 0);
            assertThat(Frames.isRight(rig.wire.frames.getFirst(), start, v4, tcp ? 6 : 17)).isTrue();
            assertThat(rig.wire.headers).containsExactly(new byte[12]);
        }
        assertThat(rig.counters.softwareChecksums.get()).isEqualTo(40);
    }

    @Test
    void headersAreFoundBehindTagsAndExtensions() {
        byte[] tagged = Frames.fromGuest(0x8100, Frames.bytes("0005 0800"), Frames.ipv4(6, Frames.tcp(true, 10)));
        byte[] extended = Frames.fromGuest(0x86dd,
                Frames.ipv6(0, Frames.join(Frames.bytes("3c00 000000000000 0600 000000000000"), Frames.tcp(false,
                        10))));
        assertThat(send(tagged, BLANK, 0, 0)).containsExactly(0);
        assertThat(send(extended, BLANK, 0, 0)).containsExactly(0);
        assertThat(rig.wire.headers).containsExactly(Frames.header(1, 0, 0, 0, 38, 16),
                Frames.header(1, 0, 0, 0, 70, 16));
    }

    @ParameterizedTest
    @CsvSource({"true, 1, 1, 34", "false, 2, 4, 54"})
    void aFrameToBeCutStaysOne(boolean v4, int gsoType, int virtioType, int transport) {
        byte[] frame = Frames.frame(v4, true, 65000);
        List<Integer> answers = send(frame, BLANK, gsoType, 1448);
        assertThat(answers).hasSize(18).startsWith(0, 1, 0);
        assertThat(Collections.frequency(answers, 1)).isEqualTo(1);
        assertThat(rig.wire.headers).containsExactly(Frames.header(1, virtioType, transport + 20, 1448, transport, 16));
        assertThat(rig.wire.frames).containsExactly(frame);
        assertThat(rig.counters.sentGsoFrames.get()).isEqualTo(1);
        assertThat(rig.counters.sentSlotsMax.get()).isEqualTo(18);
    }

    @Test
    void aFrameToBeCutGetsItsPseudoHeaderSumIfTheGuestForgotIt() {
        byte[] frame = Frames.frame(true, true, 5000);
        byte[] forgotten = frame.clone();
        Frames.putU16(forgotten, 34 + 16, 0x1234);
        assertThat(send(forgotten, 0, 1, 1448)).containsExactly(0, 1, 0, 0);
        assertThat(rig.wire.frames).containsExactly(frame);
        assertThat(rig.wire.headers).containsExactly(Frames.header(1, 1, 54, 1448, 34, 16));
    }

    @ParameterizedTest
    @CsvSource({"2, 1448", "1, 0", "3, 1448", "255, 1448"})
    void segmentsThatCannotBeAreRefused(int gsoType, int gsoSize) {
        assertThat(send(Frames.frame(true, true, 5000), BLANK, gsoType, gsoSize)).containsExactly(-1, 1, -1, -1);
        expectDropped(DropCause.GSO);
    }

    @Test
    void segmentsThatTheBackendCannotMakeAreRefused() {
        rig.wire.features = NetLayout.F_CSUM;
        rig.card.service().resume(rig.wire);
        assertThat(send(Frames.frame(true, true, 5000), BLANK, 1, 1448)).containsExactly(-1, 1, -1, -1);
        expectDropped(DropCause.GSO);
    }

    @Test
    void aChecksumInAFragmentIsRefused() {
        byte[] frame = Frames.frame(true, false, 100);
        frame[14 + 6] = 0x20;
        assertThat(send(frame, BLANK, 0, 0)).containsExactly(-1);
        expectDropped(DropCause.CHECKSUM);
    }

    @Test
    void aPieceThatLeavesItsPageIsRefused() {
        queue.putTx(queue.txGrants[0], 4000, 0, 5, 97);
        queue.pushTx();
        rig.turn();
        assertThat(queue.pollTx()).isEqualTo(new GuestQueue.Sent(5, -1));
        expectDropped(DropCause.OUTSIDE_PAGE);
    }

    @Test
    void piecesLargerThanTheWholeAreRefused() {
        queue.putTx(queue.txGrants[0], 0, 4, 1, 100);
        queue.putTx(queue.txGrants[1], 0, 0, 2, 100);
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).containsExactly(-1, -1);
        expectDropped(DropCause.SIZE);
    }

    @Test
    void moreSlotsThanAllowedAreRefused() {
        int[] pieces = new int[19];
        Arrays.fill(pieces, 100);
        assertThat(send(Frames.fromGuest(0x1234, Frames.random(1886)), 0, 0, 0, pieces)).hasSize(19).containsOnly(-1);
        expectDropped(DropCause.TOO_MANY_SLOTS);
    }

    @Test
    void extraInfosThatWereNotOfferedAreRefusedAndHashesPassedOver() {
        byte[] frame = Frames.fromGuest(0x1234, Frames.random(50));
        HostMemory.copy(frame, 0, queue.txPage(0), frame.length);
        queue.putTx(queue.txGrants[0], 0, 8, 0, frame.length);
        queue.putExtra(2, 0, 0, 0);
        queue.putTx(queue.txGrants[0], 0, 8, 2, frame.length);
        queue.putExtra(4, 0, 0, 0);
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).containsExactly(-1, 1, 0, 1);
        assertThat(rig.wire.frames).containsExactly(frame);
        assertThat(rig.counters.drops(DropCause.EXTRA).get()).isEqualTo(1);
    }

    @Test
    void aPageThatIsNotGrantedIsAnErrorOfThatFrameOnly() {
        byte[] frame = Frames.fromGuest(0x1234, Frames.random(50));
        queue.putTx(4000, 0, 0, 1, 60);
        queue.putFrame(frame, 0, 0, 0);
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).containsExactly(-1, 0);
        assertThat(rig.wire.frames).containsExactly(frame);
        assertThat(rig.counters.drops(DropCause.COPY).get()).isEqualTo(1);
    }

    @Test
    void halfAPacketClosesTheRing() {
        queue.putTx(queue.txGrants[0], 0, 4, 1, 100);
        queue.pushTx();
        rig.turn();
        assertThat(rig.card.fault()).contains("queue 0").contains("transmit ring");
        assertThat(rig.counters.device.ringFaults.get()).isEqualTo(1);
        assertThat(rig.card.awaitGuest()).isFalse();
    }

    @Test
    void aProducerFarAheadClosesTheRing() {
        HostMemory.putU32(queue.tx, 257);
        rig.turn();
        assertThat(rig.card.fault()).contains("transmit ring");
    }

    @Test
    void manyFramesAreCopiedTogether() {
        for (int i = 0; i < 60; i++) {
            queue.putFrame(Frames.fromGuest(0x1234, Frames.random(1000 + i)), 0, 0, 0);
        }
        queue.pushTx();
        rig.turn();
        assertThat(grants.batches()).isEqualTo(1);
        assertThat(grants.copies()).isEqualTo(60);
        assertThat(queue.answers()).hasSize(60).containsOnly(0);
        for (int i = 0; i < 60; i++) {
            assertThat(rig.wire.frames.get(i)).isEqualTo(Frames.fromGuest(0x1234, Frames.random(1000 + i)));
        }
    }

    @Test
    void aBackendThatIsFullHoldsUpTheRing() {
        rig.wire.working = false;
        for (int i = 0; i < 100; i++) {
            queue.putFrame(Frames.fromGuest(0x1234, Frames.random(100)), 0, 0, 0);
        }
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).hasSize(64);
        assertThat(rig.card.awaitGuest()).isFalse();
        rig.wire.work();
        rig.turn();
        assertThat(queue.answers()).hasSize(36).containsOnly(0);
        assertThat(rig.card.isIdle()).isFalse();
        rig.wire.work();
        assertThat(rig.card.isIdle()).isTrue();
    }

    @Test
    void withoutABackendFramesWait() {
        rig.card.pause();
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(100)), 0, 0, 0);
        queue.pushTx();
        rig.turn();
        assertThat(queue.answers()).isEmpty();
        rig.card.service().resume(rig.wire);
        rig.turn();
        assertThat(queue.answers()).containsExactly(0);
    }

    @Test
    void asksForAnEventBeforeItSleeps() {
        assertThat(rig.card.awaitGuest()).isFalse();
        assertThat(HostMemory.u32(queue.tx + 4)).isEqualTo(1);
        queue.putFrame(Frames.fromGuest(0x1234, Frames.random(100)), 0, 0, 0);
        queue.pushTx();
        assertThat(rig.card.awaitGuest()).isTrue();
        long before = guest.domain.events(queue.txPort);
        rig.turn();
        assertThat(guest.domain.events(queue.txPort)).isEqualTo(before + 1);
    }
}
