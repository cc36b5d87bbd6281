package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FakeStoreRequest.Range;
import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.fuzz.LeavesNothing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests against an array of bytes. Some are in flight together, on ranges of their own. What was discarded
 * may read as anything until it is written again.
 */
@LeavesNothing
class StoreModelTest {
    private static final int SIZE_BYTES = 2 * 1024 * 1024;
    private static final int ROUNDS = 400;
    private static final int TOGETHER = 8;
    private static final int PIECES_MAX = 1500;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void memoryStoreIsAnArrayOfBytes() throws IOException {
        for (long seed = 1; seed <= 3; seed++) {
            run(seed, MemoryStore.open("vda", SIZE_BYTES));
        }
    }

    @Test
    void bufferedFileIsAnArrayOfBytes() throws IOException {
        for (long seed = 11; seed <= 13; seed++) {
            run(seed, file(seed, false, true));
        }
    }

    @Test
    void directFileIsAnArrayOfBytes() throws IOException {
        for (long seed = 21; seed <= 23; seed++) {
            run(seed, file(seed, true, true));
        }
    }

    @Test
    void bufferedFileOverIoUringIsAnArrayOfBytes() throws IOException {
        for (long seed = 41; seed <= 43; seed++) {
            run(seed, new OverIoUring(file(seed, false, true)));
        }
    }

    @Test
    void directFileOverIoUringIsAnArrayOfBytes() throws IOException {
        for (long seed = 51; seed <= 53; seed++) {
            run(seed, new OverIoUring(file(seed, true, true)));
        }
        run(54, new OverIoUring(file(54, true, false)));
    }

    @Test
    void fileThatMayNotFreeIsAnArrayOfBytes() throws IOException {
        run(31, file(31, false, false));
        run(32, file(32, true, false));
    }

    @Test
    void volumeIsAnArrayOfBytes() throws IOException {
        int blockBytes = 4096;
        for (long seed = 61; seed <= 63; seed++) {
            Volumes.in(directory).create("v" + seed, SIZE_BYTES, blockBytes, Compression.values()[(int) seed % 3]);
            run(seed, RocksDbBlockStore.open("vda", VolumeStoreOptions.of(directory, "v" + seed)));
            blockBytes *= 4;
        }
    }

    private FileStore file(long seed, boolean direct, boolean discard) throws IOException {
        Path image = Images.sparse(directory, seed + ".img", SIZE_BYTES);
        return FileStore.open("vda", FileStoreOptions.of(image).withDirect(direct).withDiscard(discard));
    }

    private static void run(long seed, BlockStore store) throws IOException {
        try (store) {
            store.activate();
            new Run(seed, store).rounds();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** One seed. */
    private static final class Run {
        private final Random random;
        private final BlockStore store;
        private final int block;
        private final byte[] model = new byte[SIZE_BYTES];
        private final BitSet unknown = new BitSet();
        private final BitSet busy = new BitSet();

        Run(long seed, BlockStore store) {
            this.random = new Random(seed);
            this.store = store;
            this.block = store.limits().logicalBlockBytes();
        }

        /** A request in flight and what is to be true after it. */
        private record Pending(FakeStoreRequest request, Runnable check) {}

        void rounds() throws IOException {
            for (int round = 0; round < ROUNDS; round++) {
                try (Arena arena = Arena.ofShared()) {
                    busy.clear();
                    List<Pending> pending = new ArrayList<>();
                    for (int i = random.nextInt(TOGETHER); i >= 0; i--) {
                        Pending next = next(arena);
                        next.request.submitTo(store);
                        pending.add(next);
                    }
                    for (Pending p : pending) {
                        assertThat(p.request.await()).isEqualTo(StoreResult.OK);
                        assertThat(p.request.completions()).isEqualTo(1);
                        p.check.run();
                    }
                }
                if (random.nextInt(100) == 0) {
                    store.deactivate();
                    store.activate();
                }
            }
        }

        private Pending next(Arena arena) {
            int blocks = 1 + (random.nextInt(20) == 0 ? random.nextInt(1024) : random.nextInt(32));
            int from = random.nextInt(SIZE_BYTES / block - blocks);
            boolean overlaps = busy.nextSetBit(from) >= 0 && busy.nextSetBit(from) < from + blocks;
            if (overlaps || random.nextInt(20) == 0) {
                return maybeDurable(new Pending(FakeStoreRequest.flush(), () -> {}));
            }
            busy.set(from, from + blocks);
            int offset = from * block;
            int length = blocks * block;
            return switch (random.nextInt(8)) {
                case 0, 1, 2 -> maybeDurable(write(arena, offset, length));
                case 3, 4, 5 -> read(arena, offset, length);
                case 6 -> maybeDurable(discard(offset, length));
                default -> maybeDurable(writeZeroes(offset, length));
            };
        }

        private Pending maybeDurable(Pending pending) {
            if (random.nextInt(10) == 0) {
                pending.request.durably();
            }
            return pending;
        }

        private Pending write(Arena arena, int offset, int length) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            var buffer = buffer(arena, length).put(data);
            return new Pending(FakeStoreRequest.write(offset, buffer), () -> {
                System.arraycopy(data, 0, model, offset, length);
                unknown.clear(offset / block, (offset + length) / block);
            });
        }

        private Pending read(Arena arena, int offset, int length) {
            var buffer = buffer(arena, length);
            return new Pending(FakeStoreRequest.read(offset, buffer), () -> {
                assertThat(buffer.isIntactAround()).isTrue();
                byte[] data = buffer.bytes();
                for (int at = 0; at < length; at += block) {
                    if (!unknown.get((offset + at) / block)) {
                        boolean same = Arrays.equals(data, at, at + block, model, offset + at, offset + at + block);
                        assertThat(same).as("block at " + (offset + at)).isTrue();
                    }
                }
            });
        }

        private Pending discard(int offset, int length) {
            return new Pending(FakeStoreRequest.discard(Range.of(offset, length)),
                    () -> unknown.set(offset / block, (offset + length) / block));
        }

        private Pending writeZeroes(int offset, int length) {
            int first = random.nextInt(length / block + 1) * block;
            boolean unmap = random.nextBoolean();
            var request = FakeStoreRequest.writeZeroes(new Range(offset, first, unmap),
                    new Range(offset + first, length - first, !unmap));
            return new Pending(request, () -> {
                Arrays.fill(model, offset, offset + length, (byte) 0);
                unknown.clear(offset / block, (offset + length) / block);
            });
        }

        private GuestBuffer buffer(Arena arena, int length) {
            return switch (random.nextInt(4)) {
                case 0 -> GuestBuffer.aligned(arena, length);
                case 1 -> GuestBuffer.manyAligned(arena, length / block, block);
                default -> GuestBuffer.scattered(arena, pieces(length));
            };
        }

        private int[] pieces(int length) {
            int[] pieces = new int[1 + random.nextInt(random.nextInt(10) == 0 ? PIECES_MAX : 12)];
            int left = length;
            for (int i = 0; i < pieces.length - 1; i++) {
                pieces[i] = random.nextInt(5) == 0 ? 0 : random.nextInt(Math.min(left, 2 * length / pieces.length) + 1);
                left -= pieces[i];
            }
            pieces[pieces.length - 1] = left;
            return pieces;
        }
    }
}
