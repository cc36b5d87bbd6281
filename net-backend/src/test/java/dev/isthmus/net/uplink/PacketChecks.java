package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.NetInterface;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A pair of interfaces, a packet uplink on each: what is sent over one comes out of the other. */
final class PacketChecks {
    private PacketChecks() {}

    public static void main(String[] args) throws Exception {
        Frames.ip("link add v0 type veth peer name v1");
        Frames.ip("link set v0 mtu 9000 up");
        Frames.ip("link set v1 mtu 9000 up");
        try (PacketUplink left = PacketUplink.open(new NetInterface("v0"));
                PacketUplink right = PacketUplink.open(new NetInterface("v1"));
                UplinkQueue out = left.open(0, Offloads.ALL);
                UplinkQueue in = right.open(0, Offloads.ALL)) {
            assertThat(left.abilities().mtu()).isEqualTo(9000);
            assertThat(left.problems()).isEmpty();
            var sending = new Frames(out);
            var receiving = new Frames(in);
            for (int bytes : new int[] {60, 64, 1514, 9014}) {
                byte[] frame = Frames.frame(bytes, bytes);
                assertThat(sending.send(frame)).isEqualTo(UplinkQueue.SENT);
                assertThat(receiving.await()).isEqualTo(frame);
            }
            vlanTagsPass(sending, receiving);
            assertThat(sending.send(Frames.frame(9100, 1))).as("larger than the MTU").isEqualTo(UplinkQueue.REFUSED);
            assertThat(sending.send(Frames.frame(1514, 1))).isEqualTo(UplinkQueue.SENT);
            assertThat(receiving.awaitLoss(1000)).isEqualTo(UplinkQueue.TOO_LARGE);
            Frames.ip("link set v0 down");
            assertThat(sending.send(Frames.frame(60, 1))).isEqualTo(UplinkQueue.DOWN);
            assertThat(left.problems()).containsExactly("The interface v0 is down: ip link set v0 up.");
        }
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> PacketUplink.open(new NetInterface("none")))
                .withMessage("none: there is no such interface");
    }

    private static void vlanTagsPass(Frames sending, Frames receiving) {
        byte[] plain = Frames.frame(100, 5);
        byte[] tagged = ByteBuffer.allocate(104).put(plain, 0, 12).putInt(0x8100_6005).put(plain, 12, 88).array();
        assertThat(sending.send(tagged)).isEqualTo(UplinkQueue.SENT);
        assertThat(receiving.await()).isEqualTo(tagged);
    }
}
