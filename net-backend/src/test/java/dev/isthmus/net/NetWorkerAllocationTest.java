package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.Transport;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.WireRig;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same as {@link NetAllocationTest} through a whole worker that sleeps before each frame. The JVM itself allocates
 * some kilobytes on the worker's thread once in a while; such a round is not the middle one.
 */
class NetWorkerAllocationTest {
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 21;
    private static final int ROUND_FRAMES = 250;
    /** So often a middle round may still be one of code that is not compiled to its end. */
    private static final int TRIES = 8;
    /** IoUringIoHandler.run makes a method reference each time. In the end compiled code does without. */
    private static final int CALLBACK_BYTES = 16;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"EPOLL, 0", "IO_URING, " + CALLBACK_BYTES})
    @Timeout(60)
    void wakingUpForAFrameAllocatesNothingOfOurs(Transport transport, int bytesOfNetty) throws IOException {
        NetDevice device = NetDevice.create("heap", new NetDeviceOptions(1, 0), LoopbackUplink.create());
        try (WireRig<NetDevice> rig = WireRig.serve(device, new WorkerOptions(1, 0, List.of(), transport));
                FakeFrontend frontend = rig.connected(Code.EVENT_IDX | NetRig.F_MRG_RXBUF)) {
            FakeCard card = FakeCard.start(frontend, 0, 16);
            run(card, WARM_UP);
            long most = (long) bytesOfNetty * ROUND_FRAMES;
            long[] allocated = rounds(card);
            for (int i = 1; i < TRIES && allocated[ROUNDS / 2] > most; i++) {
                allocated = rounds(card);
            }
            assertThat(allocated[ROUNDS / 2]).as("bytes of the rounds: %s", Arrays.toString(allocated))
                    .isLessThanOrEqualTo(most);
        }
    }

    /** Bytes of each round, the least first. */
    private long[] rounds(FakeCard card) throws LinuxException {
        long worker = worker();
        long[] allocated = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(worker);
            run(card, ROUND_FRAMES);
            allocated[round] = threads.getThreadAllocatedBytes(worker) - before;
        }
        Arrays.sort(allocated);
        return allocated;
    }

    private long worker() {
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("vring-heap")) {
                return thread.getThreadId();
            }
        }
        throw new AssertionError("no worker");
    }

    private static void run(FakeCard card, int frames) throws LinuxException {
        byte[] frame = NetRig.frame(64, 0);
        for (int i = 0; i < frames; i++) {
            card.send(frame);
            card.await();
        }
    }
}
