package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest sends as itself or not at all. */
class SourceGuardTest {
    private static final String OWN = "00163e010203";
    private static final String FOREIGN = "525400aabbcc";

    private NetGuest guest;
    private CardRig rig;

    @BeforeEach
    void open() throws Exception {
        guest = new NetGuest(1, false);
        rig = new CardRig(guest);
    }

    @AfterEach
    void close() {
        rig.close();
        guest.close();
    }

    private DropCause send(byte[] frame, int... pieces) {
        rig.wire.frames.clear();
        long[] before = drops();
        guest.queue().putFrame(frame, 0, 0, 0, pieces);
        guest.queue().pushTx();
        rig.turn();
        List<Integer> answers = guest.queue().answers();
        DropCause cause = DropCause.NONE;
        for (DropCause one : DropCause.values()) {
            cause = rig.counters.drops(one).get() > before[one.ordinal()] ? one : cause;
        }
        assertThat(answers).containsOnly(cause == DropCause.NONE ? 0 : -1);
        assertThat(rig.wire.frames).hasSize(cause == DropCause.NONE ? 1 : 0);
        return cause;
    }

    private long[] drops() {
        long[] drops = new long[DropCause.values().length];
        for (DropCause one : DropCause.values()) {
            drops[one.ordinal()] = rig.counters.drops(one).get();
        }
        return drops;
    }

    @Test
    void anotherSourceAddressIsRefused() {
        byte[] frame = Frames.fromGuest(0x0800, Frames.ipv4(6, Frames.tcp(true, 10)));
        assertThat(send(frame)).isEqualTo(DropCause.NONE);
        for (int i = 0; i < 6; i++) {
            byte[] other = frame.clone();
            other[6 + i] ^= 1;
            assertThat(send(other)).isEqualTo(DropCause.SOURCE_ADDRESS);
        }
    }

    private static byte[] arp(String sender, int type) {
        return Frames.fromGuest(type, Frames.bytes("0001 0800 0604 0001" + sender + "0a000001 000000000000 0a000002"));
    }

    @Test
    void anArpPacketOfAnotherSenderIsRefused() {
        assertThat(send(arp(OWN, 0x0806))).isEqualTo(DropCause.NONE);
        assertThat(send(arp(FOREIGN, 0x0806))).isEqualTo(DropCause.ARP);
        assertThat(send(arp(FOREIGN, 0x0807))).isEqualTo(DropCause.NONE);
        assertThat(send(Frames.fromGuest(0x8100, Frames.bytes("0001 0806 0001 0800 0604 0002" + FOREIGN
                + "0a000001 000000000000 0a000002")))).isEqualTo(DropCause.ARP);
        assertThat(send(Frames.fromGuest(0x0806, Frames.bytes("0001 0800 0804 0002" + OWN + "0000 0a000001 0000"))))
                .isEqualTo(DropCause.ARP);
        assertThat(send(Frames.fromGuest(0x0806, Frames.bytes("0001 0800 0604 0002")))).isEqualTo(DropCause.ARP);
        // In two pieces, the sender's address in the second.
        assertThat(send(arp(FOREIGN, 0x0806), 20, 22)).isEqualTo(DropCause.ARP);
    }

    private static byte[] discovery(int type, int fixed, String options) {
        byte[] message = Frames.join(new byte[] {(byte) type}, new byte[fixed - 1], Frames.bytes(options));
        return Frames.fromGuest(0x86dd, Frames.ipv6(58, message));
    }

    @ParameterizedTest
    @CsvSource({"133, 8, 01", "134, 16, 01", "135, 24, 01", "136, 24, 02", "137, 40, 02"})
    void neighborDiscoveryOfAnotherAddressIsRefused(int type, int fixed, String option) {
        assertThat(send(discovery(type, fixed, ""))).isEqualTo(DropCause.NONE);
        assertThat(send(discovery(type, fixed, option + "01" + OWN))).isEqualTo(DropCause.NONE);
        assertThat(send(discovery(type, fixed, option + "01" + FOREIGN)))
                .isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        assertThat(send(discovery(type, fixed, "0e01 000000000000" + option + "01" + FOREIGN)))
                .isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        assertThat(send(discovery(type, fixed, "0e00 000000000000" + option + "01" + OWN)))
                .isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        assertThat(send(discovery(type, fixed, option + "02" + OWN))).isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
    }

    @Test
    void neighborDiscoveryIsFoundBehindExtensionsAndNotBelievedInParts() {
        byte[] advertisement = Frames.join(new byte[] {(byte) 136}, new byte[23], Frames.bytes("0201" + FOREIGN));
        byte[] hop = Frames.join(Frames.bytes("3a00 000000000000"), advertisement);
        assertThat(send(Frames.fromGuest(0x86dd, Frames.ipv6(0, hop)))).isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        byte[] fragment = Frames.join(Frames.bytes("3a00 0001 00000001"), advertisement);
        assertThat(send(Frames.fromGuest(0x86dd, Frames.ipv6(44, fragment))))
                .isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        // One that is a fragment in name only.
        byte[] atomic = Frames.join(Frames.bytes("3a00 0000 00000001"), advertisement);
        assertThat(send(Frames.fromGuest(0x86dd, Frames.ipv6(44, atomic)))).isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        byte[] echo = Frames.join(Frames.bytes("3a00 0001 00000001"), new byte[] {(byte) 128}, new byte[31]);
        assertThat(send(Frames.fromGuest(0x86dd, Frames.ipv6(44, echo)))).isEqualTo(DropCause.NONE);
    }

    @Test
    void optionsBehindWhatCanBeSeenAreNotBelieved() {
        byte[] frame = discovery(136, 24, "0e20 000000000000" + "00".repeat(248) + "0201" + FOREIGN);
        assertThat(send(frame)).isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
        byte[] own = discovery(136, 24, "0e20 000000000000" + "00".repeat(248) + "0201" + OWN);
        assertThat(send(own)).isEqualTo(DropCause.NONE);
        // The head takes what fits its page, so that it takes more than a page to hide something.
        assertThat(send(own, 130, own.length - 130)).isEqualTo(DropCause.NONE);
        byte[] large = Frames.join(own, new byte[4000]);
        assertThat(send(large, 4096, large.length - 4096)).isEqualTo(DropCause.NEIGHBOR_DISCOVERY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"86dd 60", "0800 4500", "0800 4400 0014 0000 0000 4006 0000 0a000001 0a000002",
        "0800 4f00 0014 0000 0000 4006 0000 0a000001 0a000002", "8100", "8100 0001 8100 0001 8100 0001 8100 0001 0806",
        "86dd 60000000 0008 00 40 fd000000000000000000000000000001 fd000000000000000000000000000002 3a20000000000000"})
    void headersNobodyCanReadAreRefused(String rest) {
        byte[] frame = Frames.join(Frames.OTHER, Frames.GUEST, Frames.bytes(rest));
        assertThat(send(frame)).isIn(DropCause.HEADERS, DropCause.NEIGHBOR_DISCOVERY);
    }
}
