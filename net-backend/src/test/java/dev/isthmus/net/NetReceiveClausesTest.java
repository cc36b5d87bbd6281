package dev.isthmus.net;

import static dev.isthmus.net.NetRig.ECN;
import static dev.isthmus.net.NetRig.F_GUEST_CSUM;
import static dev.isthmus.net.NetRig.F_GUEST_ECN;
import static dev.isthmus.net.NetRig.F_GUEST_TSO4;
import static dev.isthmus.net.NetRig.F_GUEST_TSO6;
import static dev.isthmus.net.NetRig.F_MRG_RXBUF;
import static dev.isthmus.net.NetRig.F_MTU;
import static dev.isthmus.net.NetRig.HEADER;
import static dev.isthmus.net.NetRig.NEEDS_CSUM;
import static dev.isthmus.net.NetRig.TCPV4;
import static dev.isthmus.net.NetRig.TCPV6;
import static dev.isthmus.net.NetRig.UDP;
import static dev.isthmus.net.NetRig.frame;
import static dev.isthmus.net.NetRig.header;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver finds in its buffers: virtio 1.3, 5.1.6.3 and 5.1.6.4. */
class NetReceiveClausesTest {
    private static final long ALL = F_GUEST_CSUM | F_GUEST_TSO4 | F_GUEST_TSO6 | F_GUEST_ECN;
    private static final byte[] FRAME = frame(200, 1);

    private final ScriptedUplink uplink = ScriptedUplink.create();
    private NetRig rig = NetRig.with(uplink, ALL | F_MRG_RXBUF);

    @AfterEach
    void free() {
        rig.close();
    }

    private void negotiate(long features) {
        rig.close();
        rig = NetRig.with(uplink, features);
    }

    /** The header the driver finds before the frame. */
    private byte[] receivedWith(byte[] header) {
        rig.receive.offer(writable(1000));
        uplink.arrives(header, FRAME);
        rig.turn();
        byte[] all = rig.received();
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(FRAME);
        return Arrays.copyOf(all, HEADER);
    }

    private void refused(DropCause cause, byte[] header, byte[] frame) {
        rig.receive.offer(writable(70_000));
        uplink.arrives(header, frame);
        rig.turn();
        rig.receive.expectNothingUsed();
        assertThat(rig.drops(0, cause)).as("%s", cause).isEqualTo(1);
        negotiate(0);
    }

    private static byte[] withBuffers(byte[] header, int buffers) {
        byte[] all = header.clone();
        all[10] = (byte) buffers;
        return all;
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    @Clause("virtio 1.3, 5.1.6.3.2")
    void oneBufferHoldsAFrameWithoutMergeableBuffers() {
        negotiate(ALL);
        assertThat(receivedWith(withBuffers(header(), 77))).isEqualTo(withBuffers(header(), 1));
        Chain small = rig.receive.offer(writable(100));
        rig.receive.offer(writable(1000));
        uplink.arrives(header(), FRAME);
        rig.turn();
        rig.receive.expectNothingUsed();
        assertThat(rig.drops(0, DropCause.BUFFER_TOO_SMALL)).isEqualTo(1);
        uplink.arrives(header(), frame(60, 2));
        rig.turn();
        assertThat(rig.receive.takeUsed()).isSameAs(small);
    }

    @ParameterizedTest
    @CsvSource({"50, 5", "100, 3", "212, 1", "211, 2", "13, 17"})
    @Clause("virtio 1.3, 5.1.6.4.1")
    @Clause("virtio 1.3, 5.1.6.3.2")
    void numBuffersIsHowManyBuffersTheFrameFills(int bytes, int buffers) {
        for (int i = 0; i < buffers + 3; i++) {
            rig.receive.offer(writable(bytes));
        }
        uplink.arrives(header(), FRAME);
        rig.turn();

        assertThat(rig.receive.usedIndex()).as("shown together").isEqualTo(buffers);
        for (int i = 0; i < buffers - 1; i++) {
            assertThat(rig.receive.usedLength(i)).as("full").isEqualTo(bytes);
        }
        assertThat(rig.receive.usedLength(buffers - 1)).isEqualTo(HEADER + 200 - (buffers - 1) * bytes);
        byte[] all = rig.received();
        assertThat(NetRig.numBuffers(all)).isEqualTo(buffers);
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(FRAME);
        rig.receive.expectNothingUsed();
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    void buffersOfAFrameAreShownTogetherOrNotAtAll() {
        for (int i = 0; i < 3; i++) {
            rig.receive.offer(writable(100));
            rig.receive.expectNothingUsed();
            if (i == 0) {
                uplink.arrives(header(), frame(280, 1));
            }
            if (i < 2) {
                rig.turn();
                rig.receive.expectNothingUsed();
            }
        }
        rig.turn();
        assertThat(rig.receive.usedIndex()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 0xfe})
    @Clause("virtio 1.3, 5.1.6.4.1")
    void flagsAreZeroWithoutGuestCsum(int flags) {
        negotiate(0);
        assertThat(receivedWith(header(flags, 0, 0, 0, 0, 0))[0]).isZero();
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    void flagsAreWhatTheUplinkSaysOfChecksumsAndNothingElse() {
        assertThat(receivedWith(header(NEEDS_CSUM, 0, 0, 0, 34, 16)))
                .isEqualTo(withBuffers(header(NEEDS_CSUM, 0, 0, 0, 34, 16), 1));
        assertThat(receivedWith(header(2, 0, 0, 0, 0, 0))[0]).as("DATA_VALID").isEqualTo((byte) 2);
        assertThat(receivedWith(header(6, 0, 0, 0, 0, 0))[0]).as("RSC_INFO").isEqualTo((byte) 2);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    void agreedSegmentationReachesTheDriverAsItIs() {
        for (byte[] header : new byte[][] {header(NEEDS_CSUM, TCPV4, 54, 100, 34, 16),
            header(NEEDS_CSUM, TCPV6, 74, 100, 54, 16), header(NEEDS_CSUM, TCPV4 | ECN, 54, 100, 34, 16)}) {
            assertThat(receivedWith(header)).isEqualTo(withBuffers(header, 1));
        }
        assertThat(rig.device.counters().get(0).segmented.get()).isEqualTo(3);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    void workThatWasNotAgreedOnIsNeverLeftToTheDriver() {
        negotiate(0);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, 0, 0, 0, 34, 16), FRAME);
        negotiate(F_GUEST_CSUM);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, TCPV4, 54, 100, 34, 16), FRAME);
        negotiate(F_GUEST_CSUM | F_GUEST_TSO4);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, TCPV6, 74, 100, 54, 16), FRAME);
        negotiate(F_GUEST_CSUM | F_GUEST_TSO4);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, TCPV4 | ECN, 54, 100, 34, 16), FRAME);
        negotiate(ALL);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, UDP, 54, 100, 34, 16), FRAME);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.4.1")
    void segmentationWithoutChecksumOrSizeIsNeverPassedOn() {
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(0, TCPV4, 54, 100, 34, 16), FRAME);
        negotiate(ALL);
        refused(DropCause.OFFLOAD_NOT_NEGOTIATED, header(NEEDS_CSUM, TCPV4, 54, 0, 34, 16), FRAME);
    }

    @Test
    @Clause("virtio 1.3, 5.1.4.1")
    void frameBeyondTheNegotiatedMtuIsNotPassedOn() {
        rig.close();
        rig = NetRig.withMtu(uplink, F_MTU, 1500);
        rig.receive.offer(writable(2000));
        uplink.arrives(header(), frame(1518, 0)); // with a VLAN tag, which belongs to the Ethernet header
        uplink.arrives(header(), frame(1523, 0));
        rig.turn();
        assertThat(rig.received()).hasSize(HEADER + 1518);
        assertThat(rig.drops(0, DropCause.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void uplinkIsToldWhatTheDriverTakes() {
        assertThat(uplink.opened).containsExactly(Offloads.ALL);
        negotiate(F_GUEST_CSUM | F_GUEST_TSO6);
        assertThat(uplink.opened).containsExactly(Offloads.ALL, new Offloads(true, false, true, false));
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.1")
    void legacyDriverWithoutMergeableBuffersHasAShorterHeader() {
        rig.close();
        rig = NetRig.legacy(uplink);
        rig.receive.offer(writable(1000));
        rig.sent(readable(new byte[10]), readable(FRAME));
        uplink.arrives(header(), FRAME);
        rig.turn();
        assertThat(uplink.sent.remove()).hasSize(HEADER + 200).endsWith(FRAME);
        Chain chain = rig.receive.takeUsed();
        assertThat(rig.receive.usedLength(0)).isEqualTo(210);
        assertThat(Arrays.copyOfRange(chain.bytes(0), 10, 210)).isEqualTo(FRAME);
    }

    @Test
    void bufferThatIsNoneComesBackEmptyAndNothingIsLost() {
        Chain readable = rig.receive.offer(readable(new byte[100]));
        Chain tiny = rig.receive.offer(writable(11));
        rig.receive.offer(writable(500));
        uplink.arrives(header(), FRAME);
        rig.turn();
        rig.receive.expectUsed(readable, 0);
        rig.receive.expectUsed(tiny, 0);
        assertThat(rig.receive.takeUsed().bytes(0)).contains(FRAME);
        assertThat(rig.drops(0, DropCause.CHAIN)).isEqualTo(1);
        assertThat(rig.drops(0, DropCause.BUFFER_WITHOUT_ROOM)).isEqualTo(1);
    }

    @Test
    void frameThatRunsOverIntoABadBufferIsDeliveredWholeBehindIt() {
        Chain small = rig.receive.offer(writable(60));
        Chain bad = rig.receive.offer(readable(new byte[8]));
        rig.receive.offer(writable(500));
        uplink.arrives(header(), FRAME);
        rig.turn();
        rig.receive.expectUsed(small, 0);
        rig.receive.expectUsed(bad, 0);
        Chain good = rig.receive.takeUsed();
        assertThat(Arrays.copyOfRange(good.bytes(0), HEADER, HEADER + 200)).isEqualTo(FRAME);
    }

    @Test
    @Clause("virtio 1.3, 2.7.4.1")
    void bufferMayBeCutIntoMorePiecesThanTheKernelTakes() {
        rig.close();
        rig = NetRig.with(uplink, 0, 2048);
        var pieces = new Buffer[1300];
        Arrays.fill(pieces, writable(1));
        rig.receive.offer(pieces);
        uplink.arrives(header(), frame(1200, 4));
        rig.turn();
        byte[] all = rig.received();
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(frame(1200, 4));
    }

    @Test
    void frameThatAllBuffersTogetherCannotHoldIsDroppedAndCounted() {
        rig.close();
        rig = NetRig.with(uplink, F_MRG_RXBUF, 4);
        for (int i = 0; i < 4; i++) {
            rig.receive.offer(writable(40));
        }
        uplink.arrives(header(), FRAME);
        uplink.arrives(header(), frame(30, 9));
        rig.turn();
        assertThat(rig.drops(0, DropCause.BUFFER_TOO_SMALL)).isEqualTo(1);
        byte[] all = rig.received();
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(frame(30, 9));
    }

    @Test
    void frameThatWaitsWhenTheRingStopsIsCounted() {
        uplink.arrives(header(), FRAME);
        rig.turn();
        NetDevice device = rig.device;
        negotiate(0);
        assertThat(device.counters().get(0).drops(DropCause.RING_STOPPED).get()).isEqualTo(1);
    }
}
