package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.spec.Clause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is offered, and what configuration space says: virtio 1.3, 5.1.3 and 5.1.4. */
class NetFeatureClausesTest {
    private static final long ALWAYS = NetRig.F_MRG_RXBUF | NetRig.F_MTU | NetRig.F_CTRL_VQ | NetRig.F_CTRL_RX
            | NetRig.F_CTRL_MAC_ADDR | NetRig.F_GUEST_ANNOUNCE;
    private static final long FROM_GUEST = NetRig.F_CSUM | NetRig.F_HOST_TSO4 | NetRig.F_HOST_TSO6
            | NetRig.F_HOST_ECN;
    private static final long TO_GUEST = NetRig.F_GUEST_CSUM | NetRig.F_GUEST_TSO4 | NetRig.F_GUEST_TSO6
            | NetRig.F_GUEST_ECN;

    private static NetDevice device(Uplink uplink, int pairs, int mtu) {
        return NetDevice.create("card", new NetDeviceOptions(pairs, mtu), uplink);
    }

    private static Uplink uplink(Offloads fromGuest, Offloads toGuest, int mtu) {
        return ScriptedUplink.with(new UplinkAbilities(fromGuest, toGuest, mtu, 8));
    }

    @Test
    @Clause("virtio 1.3, 2.2.2")
    void onlyWhatTheUplinkCanDoIsOffered() {
        assertThat(device(uplink(Offloads.NONE, Offloads.NONE, 0), 1, 0).features()).isEqualTo(ALWAYS);
        assertThat(device(uplink(Offloads.ALL, Offloads.NONE, 0), 1, 0).features()).isEqualTo(ALWAYS | FROM_GUEST);
        assertThat(device(uplink(Offloads.NONE, Offloads.ALL, 0), 1, 0).features()).isEqualTo(ALWAYS | TO_GUEST);
        assertThat(device(uplink(Offloads.ALL, Offloads.ALL, 0), 2, 0).features())
                .isEqualTo(ALWAYS | FROM_GUEST | TO_GUEST | NetRig.F_MQ);
    }

    @Test
    @Clause("virtio 1.3, 2.2.2")
    @Clause("virtio 1.3, 5.1.3.1")
    void noFeatureIsOfferedWithoutTheOneItNeeds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Offloads(false, true, false, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new Offloads(false, false, true, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new Offloads(true, false, false, true));
        long offered = device(LoopbackUplink.create(), 8, 0).features();
        assertThat(offered & NetRig.F_MQ).isNotZero();
        assertThat(offered & NetRig.F_CTRL_VQ).as("MQ, CTRL_RX, GUEST_ANNOUNCE need it").isNotZero();
    }

    @Test
    @Clause("virtio 1.3, 5.1.4.1")
    void noneOfWhatNobodyTestsIsOffered() {
        long offered = device(LoopbackUplink.create(), 8, 0).features();
        for (int bit : new int[] {2, 5, 6, 10, 14, 16, 19, 20, 53, 54, 55, 56, 57, 59, 60, 61, 62, 63}) {
            assertThat(offered >>> bit & 1).as("bit %d", bit).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, 65535", "8, 1500, 0, 1500", "2, 0, 9000, 9000", "2, 1400, 9000, 1400"})
    @Clause("virtio 1.3, 5.1.4.1")
    void pairsAndMtuAreInTheirPlaceAndRange(int pairs, int chosen, int uplinks, int said) {
        NetDevice device = device(uplink(Offloads.NONE, Offloads.NONE, uplinks), pairs, chosen);
        ByteBuffer config = ByteBuffer.wrap(device.configuration()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(config.getShort(8)).isEqualTo((short) pairs);
        assertThat(Short.toUnsignedInt(config.getShort(10))).isEqualTo(said).isBetween(1280, 65535);
        assertThat(device.guestMtu(1000)).isTrue();
        assertThat(Short.toUnsignedInt(ByteBuffer.wrap(device.configuration()).order(ByteOrder.LITTLE_ENDIAN)
                .getShort(10))).as("what was said stays").isEqualTo(said);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 67, 65536, -1})
    @Clause("virtio 1.3, 5.1.4.1")
    void mtuOutsideOfItsRangeIsNoChoice(int mtu) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NetDeviceOptions(1, mtu))
                .withMessageContaining("mtu");
    }

    @Test
    @Clause("virtio 1.3, 5.1.4")
    void configurationSpaceCannotBeWritten() {
        NetDevice device = device(LoopbackUplink.create(), 1, 0);
        byte[] before = device.configuration();
        assertThat(device.writeConfiguration(0, new byte[] {2, 0, 0, 0, 0, 1})).isFalse();
        assertThat(device.configuration()).isEqualTo(before);
    }

    @Test
    void morePairsThanTheUplinkHasAreRefused() {
        Uplink uplink = ScriptedUplink.with(new UplinkAbilities(Offloads.NONE, Offloads.NONE, 0, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> device(uplink, 3, 0)).withMessageContaining("3 queue");
    }

    @ParameterizedTest
    @CsvSource({"0x2, true, false, false, false", "0x82, true, true, false, false", "0x80, false, false, false, false",
        "0x200, false, false, false, false", "0x202, true, false, false, false", "0x382, true, true, true, true"})
    void offloadThatWasNegotiatedWithoutWhatItNeedsCountsForNothing(String features, boolean checksum, boolean tso4,
            boolean tso6, boolean ecn) {
        assertThat(NetFeatures.toGuest(Long.decode(features))).isEqualTo(new Offloads(checksum, tso4, tso6, ecn));
    }
}
