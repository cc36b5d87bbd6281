package dev.isthmus.net;

import static dev.isthmus.net.NetRig.F_MRG_RXBUF;
import static dev.isthmus.net.NetRig.HEADER;
import static dev.isthmus.net.NetRig.frame;
import static dev.isthmus.net.NetRig.header;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.net.uplink.LoopbackUplink;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that go out and come back are whole, whatever they are cut into. */
class LoopbackFramesTest {
    @ParameterizedTest
    @ValueSource(ints = {14, 60, 1514, 9000, 65_549})
    void frameComesBackInOneBufferAsItWas(int bytes) {
        try (NetRig rig = NetRig.with(LoopbackUplink.create(), 0)) {
            rig.receive.offer(writable(65_562));

            rig.sent(readable(header()), readable(frame(bytes, 3)));

            expect(rig.received(), 1, frame(bytes, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 1514, 9000, 65_549})
    void frameIsSpreadOverMergeableBuffers(int bytes) {
        try (NetRig rig = NetRig.with(LoopbackUplink.create(), F_MRG_RXBUF)) {
            for (int i = 0; i < 100; i++) {
                rig.receive.offer(writable(700));
            }
            for (int seed = 0; seed < 2; seed++) {
                if (bytes < 9001 || seed == 0) {
                    rig.sent(readable(header()), readable(frame(bytes, seed)));

                    int buffers = (HEADER + bytes + 699) / 700;
                    expect(rig.received(), buffers, frame(bytes, seed));
                }
            }
        }
    }

    @Test
    void headerAndFrameMayBeCutAnywhere() {
        try (NetRig rig = NetRig.with(LoopbackUplink.create(), F_MRG_RXBUF)) {
            byte[] all = new byte[HEADER + 100];
            System.arraycopy(frame(100, 9), 0, all, HEADER, 100);
            for (int cut = 1; cut < all.length; cut++) {
                rig.receive.offer(writable(cut), writable(all.length - cut));

                rig.sent(readable(Arrays.copyOf(all, cut)), readable(Arrays.copyOfRange(all, cut, all.length)));

                expect(rig.received(), 1, frame(100, 9));
            }
        }
    }

    @Test
    void frameThatFindsTooFewBuffersWaitsWhole() {
        try (NetRig rig = NetRig.with(LoopbackUplink.create(), F_MRG_RXBUF)) {
            rig.receive.offer(writable(500));
            rig.sent(readable(header()), readable(frame(1200, 5)));
            rig.receive.expectNothingUsed();
            assertThat(rig.receiver().wantsChains()).isTrue();

            rig.receive.offer(writable(500));
            rig.turn();
            rig.receive.expectNothingUsed();
            rig.receive.offer(writable(500));
            rig.turn();

            expect(rig.received(), 3, frame(1200, 5));
            assertThat(rig.receiver().wantsChains()).isFalse();
        }
    }

    private static void expect(byte[] received, int buffers, byte[] frame) {
        assertThat(NetRig.numBuffers(received)).isEqualTo(buffers);
        assertThat(Arrays.copyOf(received, HEADER - 2)).isEqualTo(new byte[HEADER - 2]);
        assertThat(Arrays.copyOfRange(received, HEADER, received.length)).isEqualTo(frame);
    }
}
