package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.GET_ID;
import static dev.isthmus.blk.BlkRig.IN;
import static dev.isthmus.blk.BlkRig.OK;
import static dev.isthmus.blk.BlkRig.OUT;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.virtqueue.Buffer.UNTOUCHED;
import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.GuestRam;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests in every arrangement of descriptors, and the length that is handed back. */
class BlkRequestShapesTest {
    private final BlkRig rig = BlkRig.with(RecordingStore.of(1 << 20));

    @AfterEach
    void free() {
        rig.close();
    }

    /** {@code message} cut before each of {@code cuts}. */
    private static List<Buffer> pieces(byte[] message, int... cuts) {
        List<Buffer> parts = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            parts.add(readable(Arrays.copyOfRange(message, from, cut)));
            from = cut;
        }
        parts.add(readable(Arrays.copyOfRange(message, from, message.length)));
        return parts;
    }

    private static byte[] write(long sector, byte[] data) {
        return readable(header(OUT, sector), data).content();
    }

    private void expectWritten(List<Buffer> message, byte[] data, long sector) {
        message.add(writable(1));
        assertThat(rig.status(message.toArray(Buffer[]::new))).isEqualTo(OK);
        assertThat(rig.read(sector, data.length)).isEqualTo(data);
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void headerAndDataOfAWriteMayBeCutAnywhere() {
        for (int cut = 0; cut <= 16 + 512; cut++) {
            byte[] data = bytes(512);
            data[0] = (byte) cut;
            data[511] = (byte) (cut >> 8);
            expectWritten(pieces(write(cut, data), cut), data, cut);
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void headerOfAWriteMayBeCutTwiceAnywhere() {
        for (int first = 0; first <= 18; first++) {
            for (int second = first; second <= 18; second++) {
                byte[] data = bytes(512);
                data[100] = (byte) (first * 20 + second);
                expectWritten(pieces(write(second, data), first, second), data, second);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void headerMayComeByteByByte() {
        int[] cuts = new int[17];
        Arrays.setAll(cuts, i -> i);
        expectWritten(pieces(write(9, bytes(512)), cuts), bytes(512), 9);
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void dataAndStatusOfAReadMayBeCutAnywhere() {
        rig.write(3, bytes(512));
        for (int cut = 0; cut <= 513; cut++) {
            Chain chain = rig.done(readable(header(IN, 3)), writable(cut), writable(513 - cut));

            assertThat(chain.written()).startsWith(bytes(512)).hasSize(513).endsWith(OK);
            assertThat(rig.usedLength()).isEqualTo(513);
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void everythingMayCrossMemoryRegions() {
        byte[] message = write(5, bytes(1024));
        for (int shift = 0; shift <= 20; shift++) {
            Buffer whole = readable(message).at(GuestRam.BORDER - shift);
            assertThat(rig.status(whole, writable(1))).isEqualTo(OK);
        }
        for (int shift = 0; shift <= 3; shift++) {
            Chain chain = rig.done(readable(header(IN, 5)), writable(1025).at(
                    GuestRam.BORDER - 1025 + shift));
            assertThat(chain.written()).startsWith(bytes(1024)).endsWith(OK);
        }
    }

    @Clause("virtio 1.3, 2.7.5.3.2")
    @Test
    void requestsMayBePartlyInAnIndirectTable() {
        for (int direct = 0; direct <= 4; direct++) {
            Chain chain = rig.guest.offerWithIndirect(direct, 0, readable(header(OUT, direct)), readable(bytes(512)),
                    writable(0), writable(1));
            rig.turn();
            rig.guest.expectUsed(chain, 1);
            assertThat(chain.lastByte()).isEqualTo(OK);
            assertThat(rig.read(direct, 512)).isEqualTo(bytes(512));
        }
    }

    @Test
    void readsAndWritesOfNoBytesAreDone() {
        assertThat(rig.status(readable(header(OUT, 0)), writable(1))).isEqualTo(OK);
        assertThat(rig.status(readable(header(IN, 0)), writable(1))).isEqualTo(OK);
        assertThat(rig.usedLength()).isEqualTo(1);
    }

    @Test
    void requestsOfAHundredAndTwentySixSegmentsAreDone() {
        List<Buffer> parts = new ArrayList<>(List.of(readable(header(OUT, 8))));
        for (int i = 0; i < 126; i++) {
            parts.add(readable(bytes(512)));
        }
        parts.add(writable(1));
        assertThat(rig.status(parts.toArray(Buffer[]::new))).isEqualTo(OK);
        assertThat(rig.read(8 + 125, 512)).isEqualTo(bytes(512));
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void lengthOfAWriteIsItsStatusByte() {
        rig.done(readable(header(OUT, 0)), readable(bytes(512)), writable(1));
        assertThat(rig.usedLength()).isEqualTo(1);
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void lengthOfAWriteWithRoomBeforeTheStatusClaimsNothing() {
        Chain chain = rig.done(readable(header(OUT, 0)), readable(bytes(512)), writable(9));
        assertThat(rig.usedLength()).isZero();
        assertThat(chain.written()).containsExactly(UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED,
                UNTOUCHED, UNTOUCHED, OK);
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void lengthOfAFailedReadClaimsNoData() {
        Chain chain = rig.done(readable(header(IN, 1 << 20)), writable(512), writable(1));
        assertThat(chain.lastByte()).isEqualTo(BlkRig.IOERR);
        assertThat(rig.usedLength()).isZero();
        assertThat(chain.bytes(1)).containsOnly(UNTOUCHED);
    }

    @Clause("virtio 1.3, 5.2.6")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 16, 17, 18, 19, 20})
    void idIsCutToTheBuffer(int room) {
        Chain chain = rig.done(readable(header(GET_ID, 0)), writable(room), writable(1));

        byte[] id = Arrays.copyOf("serial-0123456789".getBytes(StandardCharsets.US_ASCII), 20);
        assertThat(chain.lastByte()).isEqualTo(OK);
        assertThat(chain.bytes(1)).isEqualTo(Arrays.copyOf(id, room));
        assertThat(rig.usedLength()).isEqualTo(room + 1);
    }

    @Clause("virtio 1.3, 5.2.6")
    @Test
    void idLeavesTheRestOfALongBufferAloneAndDoesNotClaimIt() {
        Chain chain = rig.done(readable(header(GET_ID, 0)), writable(7), writable(23), writable(1));

        assertThat(chain.lastByte()).isEqualTo(OK);
        assertThat(chain.bytes(1)).isEqualTo("serial-".getBytes(StandardCharsets.US_ASCII));
        assertThat(chain.bytes(2)).startsWith('0', '1').endsWith(UNTOUCHED, UNTOUCHED, UNTOUCHED);
        assertThat(rig.usedLength()).isZero();
    }
}
