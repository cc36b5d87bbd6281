package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver's hot path makes no garbage. */
class DriverAllocationTest {
    private static final int SIZE = 64;
    private static final int REQUESTS = 1_000_000;
    private static final int ROUNDS = 20;

    @ParameterizedTest
    @ValueSource(longs = {0, DriverVirtqueue.EVENT_IDX, DriverVirtqueue.EVENT_IDX | DriverVirtqueue.INDIRECT_DESC})
    void aRequestAllocatesNothing(long features) throws LinuxException {
        try (SharedMemory memory = SharedMemory.allocate(1 << 20); OwnedFd call = EventFd.create()) {
            SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, SIZE, features, 0, 3);
            FakeDevice device = new FakeDevice(queue);
            DriverChain chain = DriverChain.withRoomFor(3);
            long allocated = Long.MAX_VALUE;
            // Code that is not compiled yet makes some, and on a busy machine that may take a while.
            for (int i = 0; i < ROUNDS && allocated > REQUESTS / 100; i++) {
                long before = allocatedBytes();
                run(queue, device, chain, call);
                allocated = allocatedBytes() - before;
            }
            assertThat(allocated).as("bytes in %d requests", REQUESTS).isLessThan(REQUESTS / 100);
        }
    }

    private static void run(SplitDriverVirtqueue queue, FakeDevice device, DriverChain chain, OwnedFd call) {
        int fd = call.number();
        for (int i = 0; i < REQUESTS; i += 10) {
            for (int j = 0; j < 10; j++) {
                chain.clear();
                chain.addReadable(0, 16);
                chain.addWritable(0, 512);
                chain.addWritable(0, 1);
                queue.add(chain);
            }
            if (queue.publish()) {
                EventFd.signal(fd);
            }
            if (i % 100 == 0) {
                queue.suppressNotifications();
            } else {
                queue.awaitNotification();
            }
            while (device.hasAvailable()) {
                device.use(device.takeAvailable(), 513);
            }
            for (int count = queue.pending(); count > 0; count--) {
                queue.takeUsed();
            }
        }
        assertThat(queue.inFlight()).isZero();
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
