package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeReference;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes random blocks all over a volume of a tebibyte, and looks at what it takes, and what is left of that. */
final class ThinVolume {
    private static final long LOGICAL_BYTES = 1L << 40;
    private static final int BLOCK = 4096;
    private static final int DEPTH = 64;
    /** Of what was written, since it cannot be compressed. */
    private static final double SPACE_MOST = 1.3;
    private static final double LEFT_MOST = 0.05;
    private static final double SNAPSHOT_SECONDS_MOST = 1;
    /** Whatever else the machine does: the shortest of so many. */
    private static final int TRIES = 3;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final Volumes volumes;
    private final Path directory;
    private final long bytes;
    private final Random random = new Random(6);

    /** @param bytes that are written */
    ThinVolume(Path directory, long bytes) {
        this.volumes = Volumes.in(directory);
        this.directory = directory;
        this.bytes = bytes;
    }

    /** What was found, in a line. */
    String run() throws IOException {
        volumes.create("thin", LOGICAL_BYTES, BLOCK, Compression.LZ4);
        try (Arena arena = Arena.ofShared();
                var store = RocksDbBlockStore.open("vda", VolumeStoreOptions.of(directory, "thin"))) {
            store.activate();
            write(arena, store);
            double space = settled(store, SPACE_MOST);
            double snapshot = shortest(number -> store.snapshot("s" + number));
            double clone = shortest(number -> volumes.clone(VolumeReference.parse("thin@s" + number), "c" + number));
            assertThat(snapshot).as("seconds of a snapshot").isLessThan(SNAPSHOT_SECONDS_MOST);
            assertThat(clone).as("seconds of a clone").isLessThan(SNAPSHOT_SECONDS_MOST);
            var all = FakeStoreRequest.discard(FakeStoreRequest.Range.of(0, LOGICAL_BYTES));
            assertThat(all.on(store)).isEqualTo(StoreResult.OK);
            double left = settled(store, LEFT_MOST);
            assertThat(volumes.info("c0").contents().allocatedBytes()).as("the clone's").isGreaterThan(bytes);
            return String.format(Locale.ROOT,
                    "1 TiB, %d MiB written at random: takes %.2f of that, after discarding all"
                            + " %.4f; snapshot %.0f ms, clone %.0f ms%n", bytes >> 20, space, left, 1000 * snapshot,
                    1000 * clone);
        }
    }

    private void write(Arena arena, BlockStore store) {
        Deque<FakeStoreRequest> inFlight = new ArrayDeque<>();
        Deque<GuestBuffer> free = new ArrayDeque<>();
        Deque<GuestBuffer> used = new ArrayDeque<>();
        byte[] data = new byte[BLOCK];
        for (int i = 0; i < DEPTH; i++) {
            free.add(GuestBuffer.aligned(arena, BLOCK));
        }
        for (long written = 0; written < bytes; written += BLOCK) {
            if (free.isEmpty()) {
                assertThat(inFlight.remove().await()).isEqualTo(StoreResult.OK);
                free.add(used.remove());
            }
            random.nextBytes(data);
            GuestBuffer buffer = free.remove().put(data);
            var request = FakeStoreRequest.write(random.nextLong(LOGICAL_BYTES / BLOCK) * BLOCK, buffer);
            request.submitTo(store);
            inFlight.add(request);
            used.add(buffer);
        }
        inFlight.forEach(request -> assertThat(request.await()).isEqualTo(StoreResult.OK));
        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
    }

    /** What the volume takes of what was written, once RocksDB has rewritten its files. */
    private double settled(BlockStore store, double most) throws IOException {
        long begin = System.nanoTime();
        double space = Double.MAX_VALUE;
        while (space > most) {
            store.look(System.nanoTime());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            space = (double) volumes.info("thin").contents().allocatedBytes() / bytes;
            assertThat(System.nanoTime() - begin).as("settles; takes " + space).isLessThan(PATIENCE_NANOS);
        }
        return space;
    }

    private interface Step {
        void run(int number) throws IOException;
    }

    private static double shortest(Step step) throws IOException {
        double shortest = Double.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long begin = System.nanoTime();
            step.run(i);
            shortest = Math.min(shortest, (System.nanoTime() - begin) / 1e9);
        }
        return shortest;
    }
}
