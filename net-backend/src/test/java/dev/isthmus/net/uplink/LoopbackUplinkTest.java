package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What goes out is what comes in. */
class LoopbackUplinkTest extends UplinkContract {
    private static final int HEADER = UplinkQueue.HEADER_BYTES;

    @Override
    protected Uplink create() {
        return LoopbackUplink.create();
    }

    @Override
    protected void arrive(UplinkQueue first, byte[] frame) {
        try (FrameMemory memory = new FrameMemory()) {
            assertThat(send(first, memory, frame)).isEqualTo(UplinkQueue.SENT);
        }
    }

    @Override
    protected byte[] awaitDeparted(UplinkQueue first) {
        try (FrameMemory memory = new FrameMemory()) {
            return receive(first, memory);
        }
    }

    private static int send(UplinkQueue queue, FrameMemory memory, byte[] frame) {
        byte[] all = new byte[HEADER + frame.length];
        System.arraycopy(frame, 0, all, HEADER, frame.length);
        memory.put(all);
        return queue.send(memory.iovecs(), memory.cut(all.length), all.length);
    }

    private static byte[] receive(UplinkQueue queue, FrameMemory memory) {
        int bytes = queue.receive(memory.iovecs(), memory.cut(70_000));
        return Arrays.copyOfRange(memory.get(bytes), HEADER, bytes);
    }

    @Test
    void nothingIsLostWhenItIsFull() throws Exception {
        Random random = new Random(1);
        Queue<byte[]> inside = new ArrayDeque<>();
        int later = 0;
        try (Uplink uplink = create(); UplinkQueue queue = uplink.open(0, Offloads.NONE);
                FrameMemory memory = new FrameMemory()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] frame = frame(random.nextInt(14, random.nextInt(10) == 0 ? 65_557 : 2000), i);
                if (send(queue, memory, frame) == UplinkQueue.SENT) {
                    inside.add(frame);
                } else {
                    later++;
                    int out = random.nextInt(1, inside.size() + 1);
                    for (int taken = 0; taken < out; taken++) {
                        assertThat(receive(queue, memory)).isEqualTo(inside.remove());
                    }
                }
            }
            while (!inside.isEmpty()) {
                assertThat(receive(queue, memory)).isEqualTo(inside.remove());
            }
            assertThat(queue.receive(memory.iovecs(), memory.cut(70_000))).isEqualTo(UplinkQueue.NOTHING);
        }
        assertThat(later).isGreaterThan(10);
    }
}
