package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FakeStoreRequest.Range;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises. A store that cannot promise a thing says so, and why, in {@link #exclusions}. */
abstract class BlockStoreContract {
    static final long SIZE_BYTES = 8 * 1024 * 1024;
    private static final int WORKERS = 4;
    private static final long WARM_UP_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    /** What a store may except itself from. */
    enum Promise {
        /** A read gives what was written. */
        KEEPS_DATA,
        /** It can grow while it is used. */
        GROWS
    }

    final Arena arena = Arena.ofShared();
    BlockStore store;

    /** A store of {@link #SIZE_BYTES} zeroes, not active. */
    abstract BlockStore open() throws IOException;

    /** Makes the image behind the store larger. */
    void grow(long sizeBytes) throws IOException {
        throw new UnsupportedOperationException("excluded");
    }

    /** Promises this store does not make, each with the reason. */
    Map<Promise, String> exclusions() {
        return Map.of();
    }

    private void needs(Promise promise) {
        String reason = exclusions().get(promise);
        if (reason != null) {
            Assumptions.abort("not promised by this store: " + promise + ": " + reason);
        }
    }

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

    private static byte[] random(int seed, int lengthBytes) {
        byte[] data = new byte[lengthBytes];
        new Random(seed).nextBytes(data);
        return data;
    }

    private void write(long offsetBytes, byte[] data) {
        var buffer = GuestBuffer.aligned(arena, data.length).put(data);
        assertThat(FakeStoreRequest.write(offsetBytes, buffer).on(store)).isEqualTo(StoreResult.OK);
    }

    private byte[] read(long offsetBytes, int lengthBytes) {
        var buffer = GuestBuffer.aligned(arena, lengthBytes);
        assertThat(FakeStoreRequest.read(offsetBytes, buffer).on(store)).isEqualTo(StoreResult.OK);
        return buffer.bytes();
    }

    private int block() {
        return store.limits().logicalBlockBytes();
    }

    @Test
    void declaresTheSizeItWasMadeWith() {
        assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);
    }

    @Test
    void readsZeroesWhereNothingWasWritten() {
        needs(Promise.KEEPS_DATA);

        assertThat(read(block() * 5L, 64 * 1024)).containsOnly(0);
    }

    @Test
    void readsBackWhatWasWritten() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(1, 3 * block());
        write(7L * block(), data);

        assertThat(read(7L * block(), data.length)).isEqualTo(data);
        assertThat(read(6L * block(), block())).containsOnly(0);
        assertThat(read(10L * block(), block())).containsOnly(0);
    }

    @Test
    void readsBackTheLastBlock() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(2, block());
        write(SIZE_BYTES - block(), data);

        assertThat(read(SIZE_BYTES - block(), block())).isEqualTo(data);
    }

    @Test
    void takesPiecesOfAnyLengthAtAnyByte() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(3, 2 * 4096);
        var written = GuestBuffer.scattered(arena, 1, 511, 3, 0, 4096, 3581).put(data);
        var read = GuestBuffer.scattered(arena, 4095, 0, 0, 1, 4095, 1);

        assertThat(FakeStoreRequest.write(4096, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(4096, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
        assertThat(read.isIntactAround()).isTrue();
    }

    @Test
    void takesPiecesWithoutBytesAtBothEnds() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(4, 4096);
        var written = GuestBuffer.scattered(arena, 0, 0, 4096, 0).put(data);
        var read = GuestBuffer.scattered(arena, 0, 4096, 0, 0);

        assertThat(FakeStoreRequest.write(0, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(0, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
    }

    @Test
    void takesMorePiecesThanOneSystemCallDoes() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(5, 4096 * 512);
        var written = GuestBuffer.many(arena, 4096, 512).put(data);
        var read = GuestBuffer.manyAligned(arena, 2048, 1024);

        assertThat(FakeStoreRequest.write(8192, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(8192, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
    }

    @Test
    void takesARunOfPiecesWithoutBytesLongerThanOneSystemCallTakes() {
        needs(Promise.KEEPS_DATA);
        int[] lengths = new int[3000];
        lengths[2999] = 4096;
        byte[] data = random(6, 4096);
        var written = GuestBuffer.scattered(arena, lengths).put(data);

        assertThat(FakeStoreRequest.write(0, written).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, 4096)).isEqualTo(data);
    }

    @Test
    void readsBackTheWholeStoreInOneRequest() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(7, (int) SIZE_BYTES);
        write(0, data);

        assertThat(read(0, data.length)).isEqualTo(data);
    }

    @Test
    void writesDurably() {
        byte[] data = random(8, 4096);
        var written = GuestBuffer.scattered(arena, 4095, 1).put(data);

        assertThat(FakeStoreRequest.write(4096, written).durably().on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.write(8192, GuestBuffer.aligned(arena, 4096).put(data)).durably().on(store))
                .isEqualTo(StoreResult.OK);

        needs(Promise.KEEPS_DATA);
        assertThat(read(4096, 4096)).isEqualTo(data);
        assertThat(read(8192, 4096)).isEqualTo(data);
    }

    @Test
    void writesManyPiecesDurably() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(9, 2048 * 512);
        var written = GuestBuffer.many(arena, 2048, 512).put(data);

        assertThat(FakeStoreRequest.write(0, written).durably().on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, data.length)).isEqualTo(data);
    }

    @Test
    void flushes() {
        write(0, random(10, 4096));

        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
    }

    @Test
    void keepsTheRestWhenPartsAreDiscarded() {
        needs(Promise.KEEPS_DATA);
        byte[] data = random(11, 64 * 1024);
        write(0, data);

        var discard = FakeStoreRequest.discard(Range.of(8192, 4096), Range.of(0, 0), Range.of(16384, 16384));
        assertThat(discard.on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, 8192)).isEqualTo(Arrays.copyOf(data, 8192));
        assertThat(read(12288, 4096)).isEqualTo(Arrays.copyOfRange(data, 12288, 16384));
        assertThat(read(32768, 32768)).isEqualTo(Arrays.copyOfRange(data, 32768, 65536));
    }

    @Test
    void readsZeroesAfterWriteZeroes() {
        checkWriteZeroes(false, false);
    }

    @Test
    void readsZeroesAfterWriteZeroesThatMayUnmap() {
        checkWriteZeroes(true, false);
    }

    @Test
    void readsZeroesAfterDurableWriteZeroes() {
        checkWriteZeroes(false, true);
        checkWriteZeroes(true, true);
    }

    /** Ranges that begin and end inside pages, which no file system can free as a whole. */
    private void checkWriteZeroes(boolean mayUnmap, boolean durable) {
        needs(Promise.KEEPS_DATA);
        int unit = block();
        int length = 700_000 / unit * unit;
        byte[] data = random(12, 1024 * 1024);
        write(0, data);

        var zeroes = FakeStoreRequest.writeZeroes(new Range(unit, unit, mayUnmap), new Range(0, 0, mayUnmap),
                new Range(3L * unit, length, mayUnmap));
        assertThat((durable ? zeroes.durably() : zeroes).on(store)).isEqualTo(StoreResult.OK);

        Arrays.fill(data, unit, 2 * unit, (byte) 0);
        Arrays.fill(data, 3 * unit, 3 * unit + length, (byte) 0);
        assertThat(read(0, data.length)).isEqualTo(data);
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
        needs(Promise.KEEPS_DATA);
        for (int worker = 0; worker < WORKERS; worker++) {
            for (int i = 0; i < 400; i++) {
                assertThat(read(worker * share + i * 4096L, 4096)).isEqualTo(filled(worker, i).bytes());
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
        needs(Promise.KEEPS_DATA);
        assertThat(read(4096, 4096)).isEqualTo(data);
    }

    @Test
    void mayBeDeactivatedAndClosedTwice() throws IOException {
        store.deactivate();
        store.deactivate();
        store.close();
        store.close();
    }

    @Test
    void seesThatItGrew() throws IOException {
        needs(Promise.GROWS);
        grow(2 * SIZE_BYTES);
        assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);

        assertThat(store.refresh().sizeBytes()).isEqualTo(2 * SIZE_BYTES);

        assertThat(store.limits().sizeBytes()).isEqualTo(2 * SIZE_BYTES);
        byte[] data = random(14, block());
        write(2 * SIZE_BYTES - block(), data);
        assertThat(read(2 * SIZE_BYTES - block(), block())).isEqualTo(data);
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
