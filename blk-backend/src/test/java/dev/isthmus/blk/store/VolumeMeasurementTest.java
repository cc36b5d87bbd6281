package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a volume does with blocks of each size: the figures of ADR 0014. Measures, asserts nothing but that all is well.
 *
 * <pre>
 *   mvn test -Pquick -pl blk-backend -am -Dtests.only=soak -Dtests.excluded= -Dtest=VolumeMeasurementTest
 * </pre>
 */
@Tag("soak")
class VolumeMeasurementTest {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeMeasurementTest.class);
    private static final int DEPTH = 32;
    private static final int FLUSH_EVERY = 64;
    private static final long SIZE_BYTES = 1L << 30;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(6);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Random random = new Random(1);

    @ParameterizedTest
    @ValueSource(ints = {4096, 8192, 16384, 32768, 65536})
    void blockSize(int blockBytes) throws IOException {
        Volumes.in(directory).create("v", SIZE_BYTES, blockBytes, Compression.LZ4);
        try (Arena arena = Arena.ofShared();
                var store = RocksDbBlockStore.open("vda", VolumeStoreOptions.of(directory, "v"))) {
            store.activate();
            GuestBuffer large = GuestBuffer.aligned(arena, 1 << 20).put(randomBytes(1 << 20));
            GuestBuffer small = GuestBuffer.aligned(arena, 4096).put(randomBytes(4096));
            int chunks = (int) (SIZE_BYTES >> 20);
            double written = rate(store, i -> FakeStoreRequest.write((long) (i % chunks) << 20, large), 4);
            double read = rate(store, i -> FakeStoreRequest.read((long) (i % chunks) << 20, large), 4);
            double randomWrites = rate(store, i -> i % FLUSH_EVERY == FLUSH_EVERY - 1 ? FakeStoreRequest.flush()
                    : FakeStoreRequest.write(random.nextLong(SIZE_BYTES / 4096) * 4096, small), DEPTH);
            double randomReads = rate(store, i -> FakeStoreRequest.read(random.nextLong(SIZE_BYTES / 4096) * 4096,
                    small), DEPTH);
            LOG.warn("block {}: sequential write {} MiB/s, read {} MiB/s; random 4 KiB write {}/s, read {}/s",
                    blockBytes, Math.round(written), Math.round(read), Math.round(randomWrites), Math.round(
                            randomReads));
        }
    }

    private byte[] randomBytes(int length) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        return data;
    }

    /** Requests a second with so many in flight. */
    private static double rate(BlockStore store, IntFunction<FakeStoreRequest> make, int depth) {
        Deque<FakeStoreRequest> inFlight = new ArrayDeque<>();
        long begin = System.nanoTime();
        int done = 0;
        while (System.nanoTime() - begin < NANOS) {
            FakeStoreRequest request = make.apply(done++);
            request.submitTo(store);
            inFlight.add(request);
            if (inFlight.size() == depth) {
                assertThat(inFlight.remove().await()).isEqualTo(StoreResult.OK);
            }
        }
        inFlight.forEach(FakeStoreRequest::await);
        return done * 1e9 / (System.nanoTime() - begin);
    }
}
