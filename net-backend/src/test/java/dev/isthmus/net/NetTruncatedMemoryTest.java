package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.net.uplink.NullUplink;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.vhostuser.LogLines;
import dev.isthmus.vhostuser.SharedRam;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A front-end cuts off the file its guest's memory is in, while its card works on it. The process lives, that
 * connection ends, and another card does not notice.
 */
@LeavesNothing
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetTruncatedMemoryTest {
    private static final int SIZE = 16;
    private static final long MORE_GUEST = 0x2_0000_0000L;
    private static final int MORE_BYTES = 64 << 10;

    private static WireRig<NetDevice> serve(String name, Uplink uplink) throws IOException {
        return WireRig.serve(NetDevice.create(name, new NetDeviceOptions(1, 0), uplink));
    }

    private static void expectFrames(FakeCard card) throws LinuxException {
        card.send(NetRig.frame(100, 7));
        assertThat(card.await()).isEqualTo(NetRig.frame(100, 7));
    }

    @Test
    void ringThatIsGoneEndsItsConnectionAlone() throws IOException {
        try (WireRig<NetDevice> hit = serve("hit", LoopbackUplink.create());
                WireRig<NetDevice> spared = serve("spared", LoopbackUplink.create());
                FakeFrontend other = spared.connected(0);
                LogLines log = new LogLines()) {
            FakeCard unharmed = FakeCard.start(other, 0, SIZE);
            for (int life = 0; life < 3; life++) {
                try (FakeFrontend frontend = hit.connected(NetRig.F_MRG_RXBUF)) {
                    FakeCard card = FakeCard.start(frontend, 0, SIZE);
                    expectFrames(card);
                    frontend.ram().truncate(0);
                    card.transmitRing().forceKick();
                    assertThat(frontend.isClosedByPeer()).isTrue();
                    hit.awaitDisconnected();
                }
                expectFrames(unharmed);
            }
            assertThat(log.of("hit")).hasSize(3).allMatch(line -> line.contains("truncated"));
            assertThat(spared.server().state()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    /** Only a frame and a buffer: the uplink touches them. */
    @ParameterizedTest(name = "received: {0}")
    @ValueSource(booleans = {true, false})
    void bufferThatIsGoneNeverHurtsTheProcess(boolean received) throws IOException {
        try (WireRig<NetDevice> hit = serve("hit", received ? NullUplink.generating(100) : LoopbackUplink.create());
                WireRig<NetDevice> spared = serve("spared", LoopbackUplink.create());
                FakeFrontend other = spared.connected(0);
                SharedRam more = SharedRam.allocate(MORE_GUEST, MORE_GUEST, MORE_BYTES)) {
            FakeCard unharmed = FakeCard.start(other, 0, SIZE);
            try (FakeFrontend frontend = hit.connected(0)) {
                frontend.setMemTable(frontend.ram(), more);
                FakeRing ring = frontend.ring(received ? 0 : 1, SIZE);
                frontend.start(ring, 0);
                frontend.enable(ring.index(), true);
                more.truncate(0);
                ring.descriptor(0, more.guest(0), 2000, received ? FakeRing.WRITE : 0, 0);
                ring.offer(0);
                Waiting.until("an answer or the end",
                        () -> ring.usedIndex() == 1 || hit.server().state() == ConnectionState.LISTENING);
            }
            hit.awaitDisconnected();
            expectFrames(unharmed);
        }
    }
}
