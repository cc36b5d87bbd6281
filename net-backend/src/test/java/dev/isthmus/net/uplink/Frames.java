package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Sends and receives over a queue as a device would. */
final class Frames {
    /** Of an EtherType for experiments (IEEE 802, 9.2.3), which no kernel answers. */
    static final int EXPERIMENT = 0x88b5;

    private static final int VLAN = 0x8100;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int HEADER = UplinkQueue.HEADER_BYTES;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int ROOM = 66_000;

    private final UplinkQueue queue;
    private final long memory = Arena.global().allocate(HEADER + ROOM).address();
    private final long iovecs = Arena.global().allocate(3 * 16, 8).address();

    Frames(UplinkQueue queue) {
        this.queue = queue;
    }

    /** To everybody; of one value. */
    static byte[] frame(int bytes, int value) {
        ByteBuffer frame = ByteBuffer.allocate(bytes);
        frame.putInt(-1).putShort((short) -1).putShort((short) 0x0200).putInt(7).putShort((short) EXPERIMENT);
        while (frame.hasRemaining()) {
            frame.put((byte) value);
        }
        return frame.array();
    }

    /** In pieces that are cut in the header and in the frame. */
    private void describe(int frameBytes) {
        int[] cuts = {0, 7, HEADER + 9, HEADER + frameBytes};
        for (int i = 0; i < 3; i++) {
            HostMemory.putU64(iovecs + 16L * i, memory + cuts[i]);
            HostMemory.putU64(iovecs + 16L * i + 8, cuts[i + 1] - cuts[i]);
        }
    }

    int send(byte[] frame) {
        HostMemory.zero(memory, HEADER);
        HostMemory.copy(frame, 0, memory + HEADER, frame.length);
        describe(frame.length);
        return queue.send(iovecs, 3, HEADER + frame.length);
    }

    /** One try with so much room for a frame. */
    int receive(int room) {
        describe(room);
        return queue.receive(iovecs, 3);
    }

    /** The next frame that is no kernel's own. */
    byte[] await() {
        byte[] frame = look(LIMIT_NANOS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }

    /** Sends until it arrives there: a bridge takes a moment to let a new port take part. */
    byte[] sendUntilReceived(byte[] frame, Frames there) {
        for (long left = LIMIT_NANOS; left > 0; left -= LOOK_NANOS) {
            assertThat(send(frame)).isEqualTo(UplinkQueue.SENT);
            byte[] received = there.look(LOOK_NANOS);
            if (received != null) {
                return received;
            }
        }
        throw new AssertionError("no frame came");
    }

    private byte @Nullable [] look(long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (System.nanoTime() < deadline) {
            int result = receive(ROOM);
            if (result > 0) {
                byte[] frame = new byte[result - HEADER];
                HostMemory.copy(memory + HEADER, frame, 0, frame.length);
                int type = ByteBuffer.wrap(frame).getShort(12) & 0xffff;
                if (type == EXPERIMENT || type == VLAN) {
                    return frame;
                }
            }
            LockSupport.parkNanos(100_000);
        }
        return null;
    }

    /** What comes next, of a frame of the experiment's that does not fit, whatever the kernel sends before. */
    int awaitLoss(int room) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() < deadline) {
            int result = receive(room);
            if (result < 0) {
                return result;
            }
            LockSupport.parkNanos(100_000);
        }
        throw new AssertionError("no frame came");
    }

    static void ip(String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words.split(" ")));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as("ip " + words).isZero();
    }
}
