package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.device.DeviceMessages;
import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.spec.Clause;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NET_SET_MTU and SEND_RARP over a real socket, and who is offered them. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkMessagesTest {
    private static final int SEND_RARP = 19;
    private static final int NET_SET_MTU = 20;

    @Test
    @Clause("vhost-user, VHOST_USER_NET_SET_MTU")
    void mtuIsAcknowledgedIfTheDeviceCanHaveIt() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("mtu", 2));
                FakeFrontend frontend = connected(rig)) {
            assertThat(frontend.tell(NET_SET_MTU, Wire.payload().u64(1500).bytes())).isTrue();
            assertThat(frontend.tell(NET_SET_MTU, Wire.payload().u64(9001).bytes())).isFalse();
            assertThat(rig.device().events).containsExactly("mtu 1500", "mtu 9001");
        }
    }

    @Test
    @Clause("vhost-user, VHOST_USER_SEND_RARP")
    void announcementHasTheFirstSixBytesAsItsAddress() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("rarp", 2));
                FakeFrontend frontend = connected(rig)) {
            frontend.set(SEND_RARP, new byte[] {2, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77});
            assertThat(rig.device().events).containsExactly("at 02:11:22:33:44:55");
        }
    }

    @Test
    @Clause("vhost-user, Protocol features")
    void deviceIsOfferedWhatItHasAUseForAndNoMore() {
        Set<ProtocolFeature> always = Set.of(ProtocolFeature.MQ, ProtocolFeature.REPLY_ACK);
        assertThat(ProtocolFeature.offered(Set.of())).isEqualTo(always);
        assertThat(ProtocolFeature.offered(Set.of(DeviceMessages.NETWORK))).containsAll(always)
                .contains(ProtocolFeature.MTU, ProtocolFeature.RARP).hasSize(4);
        assertThat(ProtocolFeature.offered(Set.of(DeviceMessages.values())))
                .containsExactlyInAnyOrder(ProtocolFeature.values());
    }

    private static FakeFrontend connected(WireRig<RecordingDevice> rig) throws LinuxException {
        FakeFrontend frontend = rig.connect(FakeFrontend.Style.QEMU);
        frontend.negotiateWith(Code.MQ | Code.REPLY_ACK | 1L << 2 | 1L << 4);
        return frontend;
    }
}
