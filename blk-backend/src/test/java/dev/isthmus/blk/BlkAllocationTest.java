package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.FLUSH;
import static dev.isthmus.blk.BlkRig.IN;
import static dev.isthmus.blk.BlkRig.OUT;
import static dev.isthmus.blk.BlkRig.WRITE_ZEROES;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.blk.BlkRig.range;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.NullStore;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.FakeDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No byte of heap per request in steady state: from the available ring to the used ring, on one thread. */
class BlkAllocationTest {
    private static final int BATCH = 32;
    private static final int ROUND = 50_000;
    /** The compiler has its own threads, which may be late. */
    private static final int WARM_UP_ROUNDS_MAX = 100;
    /** Less than one object per hundred requests, so nothing per request and nothing per batch. */
    private static final int BYTES_PER_REQUESTS = 1000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest(name = "indirect {0}, EVENT_IDX {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void aQuarterOfAMillionRequestsAllocateNothing(boolean indirect, boolean eventIdx) {
        expectNoAllocation(NullStore.open(1 << 20, true), indirect, eventIdx, 250_000);
    }

    @Test
    void requestsToAStoreOfMemoryAllocateNothing() throws IOException {
        expectNoAllocation(MemoryStore.open("allocation", 1 << 20), true, true, 100_000);
    }

    private void expectNoAllocation(BlockStore store, boolean indirect, boolean eventIdx, int requests) {
        long features = (indirect ? FakeDriver.WITH_INDIRECT : 0) | (eventIdx ? FakeDriver.WITH_EVENT_IDX : 0);
        try (BlkRig rig = BlkRig.withQueue(store, features)) {
            int[] heads = offer(rig, indirect);
            for (int i = 0; i < WARM_UP_ROUNDS_MAX && allocated(rig, heads, ROUND) > 0; i++) {
                // until the compiled code is there
            }
            long allocated = allocated(rig, heads, requests);

            assertThat(rig.device.counters().get(0).requests(BlkRequestType.IN).get()).isGreaterThan(requests / 8);
            assertThat(rig.device.counters().get(0).errors(BlkRequestType.IN).get()).isZero();
            assertThat(rig.device.counters().get(0).errors(BlkRequestType.WRITE_ZEROES).get()).isZero();
            assertThat(allocated).isLessThan(requests / BYTES_PER_REQUESTS * 16L);
        }
    }

    /** A mixed load; each chain is offered again and again as it stands. */
    private static int[] offer(BlkRig rig, boolean indirect) {
        List<Buffer[]> kinds = List.of(
                new Buffer[] {readable(header(IN, 8)), writable(4096), writable(1)},
                new Buffer[] {readable(header(OUT, 16)), readable(new byte[4096]), writable(1)},
                new Buffer[] {readable(header(FLUSH, 0)), writable(1)},
                new Buffer[] {readable(header(WRITE_ZEROES, 0), range(0, 8, 1)), writable(1)});
        int[] heads = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            Buffer[] kind = kinds.get(i % kinds.size());
            heads[i] = (indirect ? rig.guest.offerIndirect(kind) : rig.guest.offer(kind)).head();
        }
        rig.turn();
        return heads;
    }

    private long allocated(BlkRig rig, int[] heads, int requests) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int done = 0; done < requests; done += BATCH) {
            for (int head : heads) {
                rig.guest.makeAvailable(head);
            }
            rig.turn();
            rig.rest();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
