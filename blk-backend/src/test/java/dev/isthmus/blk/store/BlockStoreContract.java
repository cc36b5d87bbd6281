package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FakeStoreRequest.Range;
import dev.isthmus.fuzz.LeavesNothing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store promises.
 *
 * <p>A store that keeps data promises more: {@link DataStoreContract}. One that can grow promises {@link
 * GrowingStoreContract} as well. A store that does not implement these says why where it is tested.
 */
@LeavesNothing
abstract class BlockStoreContract {
    static final long SIZE_BYTES = 8 * 1024 * 1024;
    private static final int WORKERS = 4;
    private static final long WARM_UP_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    final Arena arena = Arena.ofShared();
    BlockStore store;

    /** A store of {@link #SIZE_BYTES} zeroes, not active. */
    abstract BlockStore open() throws IOException;

    /** Whether a read gives what was written, which is then checked on top of everything else. */
    abstract boolean keepsData();

    @BeforeEach
    final void activateStore() throws IOException {
        store = open();
        store.activate();
    }

    @AfterEach
    final void closeStore() throws IOException {
        store.close();
        arena.close();
    }

    static byte[] random(int seed, int lengthBytes) {
        byte[] data = new byte[lengthBytes];
        new Random(seed).nextBytes(data);
        return data;
    }

    final void write(long offsetBytes, byte[] data) {
        var buffer = GuestBuffer.aligned(arena, data.length).put(data);
        assertThat(FakeStoreRequest.write(offsetBytes, buffer).on(store)).isEqualTo(StoreResult.OK);
    }

    final byte[] read(long offsetBytes, int lengthBytes) {
        var buffer = GuestBuffer.aligned(arena, lengthBytes);
        assertThat(FakeStoreRequest.read(offsetBytes, buffer).on(store)).isEqualTo(StoreResult.OK);
        return buffer.bytes();
    }

    final int block() {
        return store.limits().logicalBlockBytes();
    }

    @Test
    void declaresTheSizeItWasMadeWith() {
        assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);
    }

    @Test
    void writesDurably() {
        byte[] data = random(8, 4096);
        var written = GuestBuffer.scattered(arena, 4095, 1).put(data);

        assertThat(FakeStoreRequest.write(4096, written).durably().on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.write(8192, GuestBuffer.aligned(arena, 4096).put(data)).durably().on(store))
                .isEqualTo(StoreResult.OK);

        if (keepsData()) {
            assertThat(read(4096, 4096)).isEqualTo(data);
            assertThat(read(8192, 4096)).isEqualTo(data);
        }
    }

    @Test
    void flushes() {
        write(0, random(10, 4096));

        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
    }

    @Test
    void completesRequestsOfSeveralWorkersOnceEach() throws Exception {
        long share = SIZE_BYTES / WORKERS;
        List<FakeStoreRequest> all = onAllWorkers(worker -> {
            List<FakeStoreRequest> requests = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                long offset = worker * share + i * 4096L;
                requests.add(FakeStoreRequest.write(offset, filled(worker, i)));
                requests.get(requests.size() - 1).submitTo(store);
                if (i % 50 == 49) {
                    requests.add(FakeStoreRequest.flush());
                    requests.get(requests.size() - 1).submitTo(store);
                }
            }
            return requests;
        });

        all.forEach(r -> assertThat(r.await()).isEqualTo(StoreResult.OK));
        assertThat(all).allMatch(r -> r.completions() == 1);
        if (keepsData()) {
            for (int worker = 0; worker < WORKERS; worker++) {
                for (int i = 0; i < 400; i++) {
                    assertThat(read(worker * share + i * 4096L, 4096)).isEqualTo(filled(worker, i).bytes());
                }
            }
        }
    }

    private GuestBuffer filled(int worker, int i) {
        var buffer = i % 2 == 0 ? GuestBuffer.aligned(arena, 4096) : GuestBuffer.scattered(arena, 1000, 3096);
        return buffer.put(random(worker * 1000 + i, 4096));
    }

    @Test
    void survivesReadsWritesAndFreesOfTheSameRangeAtOnce() throws Exception {
        List<FakeStoreRequest> all = onAllWorkers(worker -> {
            List<FakeStoreRequest> requests = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                FakeStoreRequest request = switch ((i + worker) % 4) {
                    case 0 -> FakeStoreRequest.write(0, filled(worker, i));
                    case 1 -> FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 65536));
                    case 2 -> FakeStoreRequest.discard(Range.of(0, 65536));
                    default -> FakeStoreRequest.writeZeroes(new Range(0, 65536, i % 8 == 3));
                };
                request.submitTo(store);
                requests.add(request);
            }
            return requests;
        });

        all.forEach(r -> assertThat(r.await()).isEqualTo(StoreResult.OK));
        assertThat(all).allMatch(r -> r.completions() == 1);
    }

    /** What one worker does. */
    interface WorkerBody {
        List<FakeStoreRequest> run(int worker) throws Exception;
    }

    private static List<FakeStoreRequest> onAllWorkers(WorkerBody body) throws Exception {
        List<FakeStoreRequest> all = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(WORKERS)) {
            List<Callable<List<FakeStoreRequest>>> bodies = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int number = worker;
                bodies.add(() -> body.run(number));
            }
            for (Future<List<FakeStoreRequest>> part : threads.invokeAll(bodies, 60, TimeUnit.SECONDS)) {
                all.addAll(part.get());
            }
        }
        return all;
    }

    @Test
    void keepsItsContentsFromOneActivationToTheNext() throws IOException {
        byte[] data = random(13, 4096);
        write(4096, data);
        for (int i = 0; i < 3; i++) {
            store.deactivate();
            assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);
            store.activate();
        }

        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
        if (keepsData()) {
            assertThat(read(4096, 4096)).isEqualTo(data);
        }
    }

    @Test
    void mayBeDeactivatedAndClosedTwice() throws IOException {
        store.deactivate();
        store.deactivate();
        store.close();
        store.close();
    }

    @Test
    void countsNothingWhenNothingFails() {
        write(0, random(15, 4096));
        FakeStoreRequest.flush().on(store);

        assertThat(store.counters().ioErrors()).isZero();
        assertThat(store.counters().noSpaceErrors()).isZero();
        assertThat(store.counters().flushErrors()).isZero();
        assertThat(store.counters().flushFailed()).isFalse();
    }

    @Test
    void allocatesNothingOnTheWorker() {
        FakeStoreRequest[] mix = {
            FakeStoreRequest.write(0, GuestBuffer.aligned(arena, 4096)),
            FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 4096)),
            FakeStoreRequest.read(4096, GuestBuffer.scattered(arena, 4095, 1)),
            FakeStoreRequest.writeZeroes(new Range(0, 4096, true)),
        };
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long start = System.nanoTime();
        // Until compiled code is reached; after it, a batch that allocates nothing is the steady state.
        while (least > 0 && System.nanoTime() - start < WARM_UP_NANOS_MAX) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                mix[i % mix.length].onWithoutAllocating(store);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(least).isZero();
    }
}
