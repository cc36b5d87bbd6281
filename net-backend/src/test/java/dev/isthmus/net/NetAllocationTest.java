package dev.isthmus.net;

import static dev.isthmus.net.NetRig.F_MRG_RXBUF;
import static dev.isthmus.net.NetRig.frame;
import static dev.isthmus.net.NetRig.header;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.virtqueue.FakeDriver;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No byte of heap per frame in steady state, out and back in, on one thread. */
class NetAllocationTest {
    private static final int BATCH = 32;
    private static final int ROUND = 50_000;
    private static final int FRAMES = 200_000;
    /** The compiler has its own threads, which may be late. */
    private static final int WARM_UP_ROUNDS_MAX = 100;
    /** Less than one object per hundred frames, so nothing per frame and nothing per batch. */
    private static final int BYTES_MAX = FRAMES / 1000 * 16;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest(name = "frames of {0} bytes, EVENT_IDX {1}, mergeable {2}, in buffers of {3}")
    @CsvSource({"64, true, true, 1536", "64, false, false, 1536", "1514, true, true, 700", "1514, true, false, 1536"})
    void framesAllocateNothing(int bytes, boolean eventIdx, boolean mergeable, int buffer) {
        try (NetRig rig = NetRig.with(LoopbackUplink.create(),
                (eventIdx ? FakeDriver.WITH_EVENT_IDX : 0) | (mergeable ? F_MRG_RXBUF : 0))) {
            int perFrame = mergeable ? (NetRig.HEADER + bytes + buffer - 1) / buffer : 1;
            int[] buffers = new int[BATCH * perFrame];
            for (int i = 0; i < buffers.length; i++) {
                buffers[i] = rig.receive.offer(writable(buffer)).head();
            }
            int[] heads = new int[BATCH];
            for (int i = 0; i < BATCH; i++) {
                heads[i] = rig.transmit.offer(readable(header()), readable(frame(bytes, i))).head();
            }
            turns(rig);
            for (int i = 0; i < WARM_UP_ROUNDS_MAX && allocated(rig, heads, buffers, ROUND) > 0; i++) {
                // until the compiled code is there
            }
            long before = rig.device.counters().get(0).frames.get();

            long allocated = allocated(rig, heads, buffers, FRAMES);

            assertThat(rig.device.counters().get(0).frames.get() - before).isEqualTo(FRAMES);
            assertThat(allocated).isLessThan(BYTES_MAX);
        }
    }

    private long allocated(NetRig rig, int[] heads, int[] buffers, int frames) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int done = 0; done < frames; done += BATCH) {
            for (int buffer : buffers) {
                rig.receive.makeAvailable(buffer);
            }
            for (int head : heads) {
                rig.transmit.makeAvailable(head);
            }
            turns(rig);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void turns(NetRig rig) {
        while (rig.turn() > 0) {
            rig.rest();
        }
    }
}
