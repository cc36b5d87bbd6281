package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.NetInterface;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Two TAP interfaces on a bridge: what goes into one comes out of the other. */
final class TapChecks {
    private TapChecks() {}

    private static TapUplink open(String tap, @Nullable String bridge, int mtu, int pairs) throws IOException {
        return TapUplink.open(new TapOptions(new NetInterface(tap), bridge == null ? null : new NetInterface(bridge),
                mtu, pairs));
    }

    public static void main(String[] args) throws Exception {
        Frames.ip("link add br0 type bridge");
        Frames.ip("link set br0 up");
        framesCrossABridge();
        queuesWithoutAGuestGetNothing();
        whatCannotBeIsRefused();
    }

    private static void framesCrossABridge() throws Exception {
        try (TapUplink left = open("t0", "br0", 9000, 1);
                TapUplink right = open("t1", "br0", 9000, 1);
                UplinkQueue out = left.open(0, Offloads.ALL);
                UplinkQueue in = right.open(0, Offloads.NONE)) {
            assertThat(left.abilities().mtu()).isEqualTo(9000);
            assertThat(left.problems()).isEmpty();
            var sending = new Frames(out);
            var receiving = new Frames(in);
            assertThat(sending.sendUntilReceived(Frames.frame(60, 1), receiving)).isEqualTo(Frames.frame(60, 1));
            for (int bytes : new int[] {61, 1514, 9014}) {
                byte[] frame = Frames.frame(bytes, bytes);
                assertThat(sending.send(frame)).isEqualTo(UplinkQueue.SENT);
                assertThat(receiving.await()).isEqualTo(frame);
            }
            assertThat(sending.send(Frames.frame(9014, 1))).isEqualTo(UplinkQueue.SENT);
            assertThat(receiving.awaitLoss(1000)).isEqualTo(UplinkQueue.TOO_LARGE);
            Frames.ip("link set t0 down");
            assertThat(sending.send(Frames.frame(60, 1))).isEqualTo(UplinkQueue.DOWN);
            assertThat(left.problems()).containsExactly("The interface t0 is down: ip link set t0 up.");
            Frames.ip("link delete t0");
            assertThat(sending.send(Frames.frame(60, 1))).isEqualTo(UplinkQueue.DOWN);
            assertThat(sending.receive(1514)).isEqualTo(UplinkQueue.DOWN);
            assertThat(left.problems()).hasSize(1);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> left.open(0, Offloads.ALL))
                    .withMessageStartingWith("t0: the interface is gone");
        }
    }

    private static void queuesWithoutAGuestGetNothing() throws Exception {
        Frames.ip("tuntap add dev one mode tap"); // of one queue: it keeps frames
        Frames.ip("link set one up");
        for (String name : new String[] {"one", "several"}) {
            try (TapUplink uplink = open(name, "br0", 0, 1); TapUplink other = open("t2", "br0", 0, 1);
                    UplinkQueue sender = other.open(0, Offloads.NONE)) {
                var sending = new Frames(sender);
                try (UplinkQueue queue = uplink.open(0, Offloads.NONE)) {
                    sending.sendUntilReceived(Frames.frame(60, 1), new Frames(queue));
                }
                assertThat(sending.send(Frames.frame(60, 2))).isEqualTo(UplinkQueue.SENT);
                try (UplinkQueue queue = uplink.open(0, Offloads.NONE)) {
                    assertThat(sending.send(Frames.frame(60, 3))).isEqualTo(UplinkQueue.SENT);
                    assertThat(new Frames(queue).await()).isEqualTo(Frames.frame(60, 3));
                }
            }
        }
    }

    private static void whatCannotBeIsRefused() throws Exception {
        Frames.ip("link add v0 type veth peer name v1");
        refused("v0", null, 1, "v0: it is no TAP interface");
        refused("one", null, 2, "one: it is no TAP interface of several queues, and 2 queue pairs are wanted");
        refused("t3", "nobody", 1, "t3: there is no bridge nobody; as root: ip link add nobody type bridge");
        try (TapUplink _ = open("one", null, 0, 1)) {
            refused("one", null, 1, "one: another process uses it");
        }
    }

    private static void refused(String tap, @Nullable String bridge, int pairs, String message) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(tap, bridge, 0, pairs).close())
                .withMessageStartingWith(message);
    }
}
