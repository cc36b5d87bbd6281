package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeReference;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.VolumeTuning;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbBlockStoreTest extends GrowingStoreContract {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Override
    BlockStore open() throws IOException {
        Volumes.in(directory).create("vol", SIZE_BYTES, 4096, Compression.LZ4);
        return RocksDbBlockStore.open("vda", VolumeStoreOptions.of(directory, "vol"));
    }

    @Override
    void grow(long sizeBytes) throws IOException {
        ((RocksDbBlockStore) store).grow(sizeBytes);
    }

    @Test
    void worksOnThreadsOfItsOwn() {
        var request = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 512));

        assertThat(request.on(store)).isEqualTo(StoreResult.OK);

        assertThat(request.completer()).isNotSameAs(Thread.currentThread());
    }

    /** Each of eight workers has one sector of every block, and never waits for the others. */
    @Test
    void keepsEverySectorOfABlockThatManyWriteToAtOnce() throws Exception {
        int sectors = 8;
        int blocks = 64;
        List<FakeStoreRequest> requests = new ArrayList<>();
        for (int i = 0; i < sectors * blocks; i++) {
            long offset = 512L * i;
            requests.add(FakeStoreRequest.write(offset, GuestBuffer.aligned(arena, 512).put(random(i, 512))));
        }
        try (var workers = Executors.newFixedThreadPool(sectors)) {
            for (int worker = 0; worker < sectors; worker++) {
                int sector = worker;
                workers.execute(() -> {
                    for (int block = 0; block < blocks; block++) {
                        requests.get(block * sectors + sector).submitTo(store);
                    }
                });
            }
        }

        requests.forEach(request -> assertThat(request.await()).isEqualTo(StoreResult.OK));
        for (int i = 0; i < sectors * blocks; i++) {
            assertThat(read(512L * i, 512)).isEqualTo(random(i, 512));
        }
    }

    @Test
    void keepsTheNeighboursOfWhatIsDiscardedInsideABlock() {
        byte[] data = random(20, 3 * 4096);
        write(0, data);

        var discard = FakeStoreRequest.discard(FakeStoreRequest.Range.of(512, 8192));
        assertThat(discard.on(store)).isEqualTo(StoreResult.OK);

        Arrays.fill(data, 512, 8704, (byte) 0);
        assertThat(read(0, data.length)).isEqualTo(data);
    }

    @Test
    void givesSpaceBackSomeTimeAfterMuchWasDiscarded() throws Exception {
        Volumes volumes = Volumes.in(directory);
        volumes.create("large", 1L << 40, 4096, Compression.LZ4);
        try (var large = RocksDbBlockStore.open("vdb", VolumeStoreOptions.of(directory, "large"))) {
            large.activate();
            var buffer = GuestBuffer.aligned(arena, 1 << 20).put(random(21, 1 << 20));
            for (int i = 0; i < 80; i++) {
                assertThat(FakeStoreRequest.write((long) i << 33, buffer).on(large)).isEqualTo(StoreResult.OK);
            }
            large.snapshot("s"); // puts all of it into data files
            volumes.delete(VolumeReference.parse("large@s"), false);
            assertThat(volumes.info("large").contents().allocatedBytes()).isBetween(80L << 20, 104L << 20);

            assertThat(FakeStoreRequest.discard(FakeStoreRequest.Range.of(0, 1L << 40)).on(large))
                    .isEqualTo(StoreResult.OK);
            assertThat(FakeStoreRequest.read(1L << 33, buffer).on(large)).isEqualTo(StoreResult.OK);
            assertThat(buffer.bytes()).containsOnly(0);

            long begin = System.nanoTime();
            while (volumes.info("large").contents().allocatedBytes() > 4L << 20) {
                large.look(System.nanoTime());
                Thread.onSpinWait();
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(60));
            }
        }
    }

    @Test
    void changesNoFileOfAVolumeThatIsReadOnly() throws IOException {
        byte[] data = random(23, 8192);
        write(4096, data);
        store.deactivate();
        Path files = directory.resolve("vol/data-1");
        List<String> before = dataFiles(files);
        try (var readOnly = RocksDbBlockStore.open("vdb", VolumeStoreOptions.of(directory, "vol").withReadOnly(true))) {
            readOnly.activate();
            var buffer = GuestBuffer.aligned(arena, data.length);
            assertThat(FakeStoreRequest.read(4096, buffer).on(readOnly)).isEqualTo(StoreResult.OK);
            assertThat(buffer.bytes()).isEqualTo(data);
            assertThat(FakeStoreRequest.flush().on(readOnly)).isEqualTo(StoreResult.OK);

            assertThat(dataFiles(files)).isEqualTo(before);
            readOnly.snapshot("s");
        }
        Volumes.in(directory).clone(VolumeReference.parse("vol@s"), "copy");
        try (var copy = RocksDbBlockStore.open("vdb", VolumeStoreOptions.of(directory, "copy"))) {
            copy.activate();
            var buffer = GuestBuffer.aligned(arena, data.length);
            assertThat(FakeStoreRequest.read(4096, buffer).on(copy)).isEqualTo(StoreResult.OK);
            assertThat(buffer.bytes()).isEqualTo(data);
        }
        store.activate();
    }

    /** All but RocksDB's notes of what it did. */
    private static List<String> dataFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("LOG")).sorted().map(file -> file
                    .getFileName() + " " + file.toFile().length() + " " + file.toFile().lastModified()).toList();
        }
    }

    @Test
    void staysWithinItsMemoryHoweverMuchIsWritten() throws IOException {
        long memory = VolumeTuning.MEMORY_BYTES_LEAST;
        Volumes.in(directory).create("small", 1L << 30, 4096, Compression.LZ4);
        var options = VolumeStoreOptions.of(directory, "small").withTuning(new VolumeTuning(memory, 2));
        try (var small = RocksDbBlockStore.open("vdb", options)) {
            small.activate();
            var written = GuestBuffer.aligned(arena, 1 << 20).put(random(22, 1 << 20));
            var read = GuestBuffer.aligned(arena, 1 << 20);
            for (int i = 0; i < 96; i++) {
                assertThat(FakeStoreRequest.write((long) i << 20, written).on(small)).isEqualTo(StoreResult.OK);
                assertThat(FakeStoreRequest.read((long) i / 2 << 20, read).on(small)).isEqualTo(StoreResult.OK);
                assertThat(small.figures().nativeBytes()).isLessThan(2 * memory);
            }
            assertThat(small.figures().liveBytes()).isGreaterThan(32L << 20);
        }
        assertThat(store.counters().ioErrors()).isZero();
    }
}
