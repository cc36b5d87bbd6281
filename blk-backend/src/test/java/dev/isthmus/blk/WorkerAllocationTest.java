package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.FLUSH;
import static dev.isthmus.blk.BlkRig.IN;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.NullStore;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Transport;
import dev.isthmus.virtqueue.FakeDriver;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.Vrings;
import dev.isthmus.vring.WorkerOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same through a whole worker that sleeps before each request: what waking up costs in heap.
 *
 * <p>What a request costs is there in every round. The JVM itself allocates some kilobytes on the worker's thread once
 * in a while, whenever it specialises a method handle or compiles again; such a round is not the middle one.
 */
class WorkerAllocationTest {
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 21;
    private static final int ROUND_REQUESTS = 250;
    /** So often a middle round may still be one of code that is not compiled to its end. */
    private static final int TRIES = 8;
    /** IoUringIoHandler.run makes a method reference each time. In the end compiled code does without. */
    private static final int CALLBACK_BYTES = 16;
    /**
     * And an IoUringIoOps for a request. A request wakes the worker twice, so it is 96 at first; compiled code does
     * without the method references, and in the end without any of it.
     */
    private static final int FILE_REQUEST_BYTES = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"EPOLL, 0", "IO_URING, " + CALLBACK_BYTES})
    @Timeout(60)
    void wakingUpForARequestAllocatesNothingOfOurs(Transport transport, int bytesOfNetty) throws Exception {
        expect(NullStore.open(1 << 20, false), transport, IN, bytesOfNetty);
    }

    /** A flush goes by io_uring whatever the image is on. */
    @Test
    @Timeout(60)
    void fileRequestAllocatesNothingOfOurs(@TempDir Path directory) throws Exception {
        Path image = Files.write(directory.resolve("heap.img"), new byte[1 << 20]);

        expect(FileStore.open("heap", FileStoreOptions.of(image)), Transport.IO_URING, FLUSH, FILE_REQUEST_BYTES);
    }

    private void expect(BlockStore store, Transport transport, int type, int bytesOfNetty) throws Exception {
        BlkDevice device = BlkDevice.create("heap", new BlkDeviceOptions("", 1, null), store);
        var counters = new VringCounters();
        try (device; FakeDriver guest = FakeDriver.withQueueSize(8); RingWatchdog watchdog = new RingWatchdog()) {
            var vrings = new Vrings(device, new WorkerOptions(1, 0, List.of(), transport), List.of(counters),
                    watchdog,
                    failure -> {});
            vrings.features(FakeDriver.WITH_EVENT_IDX | FakeDriver.WITH_NOTHING, true);
            vrings.memory(guest.memory(), true);
            vrings.size(0, 8);
            vrings.addresses(0, guest.addresses());
            vrings.enable(0, true);
            try (OwnedFd kick = EventFd.create(); OwnedFd call = EventFd.create()) {
                vrings.call(0, call.duplicate());
                vrings.kick(0, kick.duplicate());
                int head = (type == IN ? guest.offer(readable(header(IN, 0)), writable(512), writable(1))
                        : guest.offer(readable(header(type, 0)), writable(1))).head();
                EventFd.signal(kick.number());
                awaitUsed(guest);
                run(guest, head, kick, WARM_UP);
                long[] allocated = rounds(guest, head, kick);
                for (int i = 1; i < TRIES && allocated[ROUNDS / 2] > (long) bytesOfNetty * ROUND_REQUESTS; i++) {
                    allocated = rounds(guest, head, kick);
                }
                assertThat(vrings.close()).isTrue();

                assertThat(counters.kicks.get()).as("it slept").isGreaterThan(ROUNDS * ROUND_REQUESTS / 10);
                assertThat(allocated[ROUNDS / 2]).as("bytes of the rounds: %s", Arrays.toString(allocated))
                        .isLessThanOrEqualTo((long) bytesOfNetty * ROUND_REQUESTS);
            }
        }
    }

    /** Bytes of each round, the least first. */
    private long[] rounds(FakeDriver guest, int head, OwnedFd kick) {
        long worker = worker();
        long[] allocated = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(worker);
            run(guest, head, kick, ROUND_REQUESTS);
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

    private static void run(FakeDriver guest, int head, OwnedFd kick, int requests) {
        for (int i = 0; i < requests; i++) {
            guest.makeAvailable(head);
            EventFd.signal(kick.number());
            awaitUsed(guest);
        }
    }

    private static void awaitUsed(FakeDriver guest) {
        while (guest.usedIndexAcquire() != guest.availableIndex()) {
            Thread.yield(); // the worker may need this CPU
        }
    }
}
