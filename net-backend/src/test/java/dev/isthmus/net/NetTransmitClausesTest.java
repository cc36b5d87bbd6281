package dev.isthmus.net;

import static dev.isthmus.net.NetRig.ECN;
import static dev.isthmus.net.NetRig.F_CSUM;
import static dev.isthmus.net.NetRig.F_HOST_ECN;
import static dev.isthmus.net.NetRig.F_HOST_TSO4;
import static dev.isthmus.net.NetRig.F_HOST_TSO6;
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

import dev.isthmus.net.uplink.UplinkQueue;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, and with which header it reaches the uplink: virtio 1.3, 5.1.6.2. */
class NetTransmitClausesTest {
    private static final long ALL = F_CSUM | F_HOST_TSO4 | F_HOST_TSO6 | F_HOST_ECN;
    private static final byte[] FRAME = frame(200, 1);

    private final ScriptedUplink uplink = ScriptedUplink.create();
    private NetRig rig = NetRig.with(uplink, ALL);

    @AfterEach
    void free() {
        rig.close();
    }

    private void negotiate(long features) {
        rig.close();
        rig = NetRig.with(uplink, features);
    }

    /** The header with which the frame reached the uplink. */
    private byte[] sentWith(byte[] header) {
        rig.sent(readable(header), readable(FRAME));
        byte[] all = uplink.sent.remove();
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(FRAME);
        return Arrays.copyOf(all, HEADER);
    }

    private void refused(DropCause cause, byte[] header) {
        long before = rig.drops(1, cause);
        rig.sent(readable(header), readable(FRAME));
        assertThat(uplink.sent).isEmpty();
        assertThat(rig.drops(1, cause)).as("%s", cause).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 0x80, 0xfe})
    @Clause("virtio 1.3, 5.1.6.2.2")
    void flagsThatAreNotKnownAreIgnored(int unknown) {
        assertThat(sentWith(header(unknown, 0, 0, 0, 0, 0))).isEqualTo(header());
        assertThat(sentWith(header(unknown | NEEDS_CSUM, 0, 0, 0, 34, 16)))
                .isEqualTo(header(NEEDS_CSUM, 0, 0, 0, 34, 16));
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.2.2")
    void checksumsPlaceMeansNothingWithoutNeedsCsum() {
        assertThat(sentWith(header(0, 0, 0, 0, 65535, 65535))).isEqualTo(header());
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.2.2")
    void frameWithoutNeedsCsumIsPassedOnAsItIs() {
        byte[] frame = frame(100, 7); // no checksum in there is right
        rig.sent(readable(header(), frame));
        assertThat(uplink.sent.remove()).endsWith(frame).hasSize(HEADER + 100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 49, 54, 200, 201, 65535})
    @Clause("virtio 1.3, 5.1.6.2.2")
    void headerLengthIsAHintThatIsMadeTrue(int said) {
        byte[] arrived = sentWith(header(NEEDS_CSUM, TCPV4, said, 100, 34, 16));
        int length = NetRig.u16(arrived, 2);
        assertThat(length).isBetween(34 + 16 + 2, 200);
        if (said >= 52 && said <= 200) {
            assertThat(length).isEqualTo(said);
        }
        assertThat(NetRig.u16(sentWith(header(NEEDS_CSUM, 0, said, 0, 34, 16)), 2)).isZero();
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.2.1")
    void agreedOffloadsReachTheUplinkAsTheyAre() {
        for (byte[] header : new byte[][] {header(NEEDS_CSUM, 0, 0, 0, 34, 16), header(NEEDS_CSUM, TCPV4, 54, 100, 34,
                16), header(NEEDS_CSUM, TCPV6, 74, 1, 54, 16), header(NEEDS_CSUM, TCPV4 | ECN, 54, 65535, 34, 16),
            header(NEEDS_CSUM, 0, 0, 0, 14, 184)}) {
            assertThat(sentWith(header)).isEqualTo(header);
        }
        assertThat(rig.device.counters().get(1).segmented.get()).isEqualTo(3);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.2.1")
    void offloadsThatWereNotNegotiatedAreRefused() {
        negotiate(0);
        refused(DropCause.CHECKSUM_NOT_NEGOTIATED, header(NEEDS_CSUM, 0, 0, 0, 34, 16));
        refused(DropCause.GSO_TYPE, header(0, TCPV4, 54, 100, 0, 0));
        negotiate(F_CSUM | F_HOST_TSO6);
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, TCPV4, 54, 100, 34, 16));
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, TCPV6 | ECN, 74, 100, 54, 16));
        negotiate(F_CSUM | F_HOST_TSO4);
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, TCPV6, 74, 100, 54, 16));
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.2.1")
    void headersNoDriverMayWriteAreRefused() {
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, UDP, 54, 100, 34, 16));
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, 5, 54, 100, 34, 16));
        refused(DropCause.GSO_TYPE, header(NEEDS_CSUM, ECN, 54, 100, 34, 16));
        refused(DropCause.GSO_WITHOUT_CHECKSUM, header(0, TCPV4, 54, 100, 34, 16));
        refused(DropCause.GSO_SIZE, header(NEEDS_CSUM, TCPV4, 54, 0, 34, 16));
    }

    @ParameterizedTest
    @CsvSource({"13, 16", "0, 0", "14, 185", "199, 0", "200, 0", "65535, 65535", "14, 65535"})
    void checksumThatIsNotInTheFrameIsRefused(int start, int offset) {
        refused(DropCause.CHECKSUM_OUTSIDE, header(NEEDS_CSUM, 0, 0, 0, start, offset));
    }

    @ParameterizedTest
    @CsvSource({"14, true", "13, false", "0, false", "65557, true", "65558, false"})
    void framesAreAsLongAsAFrameCanBe(int bytes, boolean sent) {
        rig.sent(readable(header()), readable(frame(bytes, 0)));
        assertThat(uplink.sent).hasSize(sent ? 1 : 0);
        long drops = rig.drops(1, bytes < 14 ? DropCause.TOO_SHORT : DropCause.TOO_LONG);
        assertThat(drops).isEqualTo(sent ? 0 : 1);
    }

    @Test
    @Clause("virtio 1.3, 5.1.4.1")
    void frameOfTheMtuIsForwardedAsItIs() {
        rig.close();
        rig = NetRig.withMtu(uplink, F_MTU, 1500);
        rig.sent(readable(header()), readable(frame(1514, 1)));
        assertThat(uplink.sent.remove()).endsWith(frame(1514, 1));
    }

    @Test
    void chainWithADeviceWritablePartIsRefused() {
        rig.sent(readable(header()), readable(FRAME), writable(1));
        assertThat(rig.drops(1, DropCause.CHAIN)).isEqualTo(1);
        assertThat(uplink.sent).isEmpty();
    }

    @Test
    @Clause("virtio 1.3, 2.7.4.1")
    void frameMayBeCutIntoMorePiecesThanTheKernelTakes() {
        rig.close();
        rig = NetRig.with(uplink, 0, 2048);
        byte[] all = new byte[HEADER + 1200];
        System.arraycopy(frame(1200, 3), 0, all, HEADER, 1200);
        var pieces = new Buffer[all.length];
        for (int i = 0; i < all.length; i++) {
            pieces[i] = readable(new byte[] {all[i]});
        }
        rig.sent(pieces);
        assertThat(uplink.sent.remove()).isEqualTo(all);
    }

    @Test
    void frameTheUplinkHasNoRoomForIsTheNextOneLater() {
        uplink.answers.add(UplinkQueue.LATER);
        uplink.answers.add(UplinkQueue.LATER);
        Chain first = rig.transmit.offer(readable(header()), readable(frame(60, 1)));
        Chain second = rig.transmit.offer(readable(header()), readable(frame(60, 2)));
        rig.turn();
        rig.transmit.expectNothingUsed();
        assertThat(rig.transmitter().wantsChains()).isFalse();
        assertThat(rig.transmitter().restNanosMax()).isLessThan(1_000_000);
        rig.turn();
        rig.turn();
        rig.transmit.expectUsed(first, 0);
        rig.transmit.expectUsed(second, 0);
        assertThat(uplink.sent.remove()).endsWith(frame(60, 1));
        assertThat(uplink.sent.remove()).endsWith(frame(60, 2));
    }

    @Test
    @Clause("vhost-user, VHOST_USER_GET_VRING_BASE")
    void frameThatWaitsWhenTheRingStopsIsNotTaken() {
        uplink.answers.add(UplinkQueue.LATER);
        rig.transmit.offer(readable(header()), readable(FRAME));
        rig.turn();
        assertThat(rig.transmitQueue().base()).isEqualTo(1);

        rig.transmitter().letGo();

        assertThat(rig.transmitQueue().base()).isZero();
        assertThat(rig.transmitQueue().inFlight()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-2, UPLINK_REFUSED", "-3, UPLINK_DOWN"})
    void frameTheUplinkDoesNotTakeIsCounted(int answer, DropCause cause) {
        uplink.answers.add(answer);
        refused(cause, header());
    }
}
