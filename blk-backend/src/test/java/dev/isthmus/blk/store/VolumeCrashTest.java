package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a volume holds after its process was killed, after a power cut, and when its files are damaged. */
class VolumeCrashTest {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 256;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Arena arena = Arena.ofShared();
    private final Random random = new Random(17);
    /** What was written to each block, the newest last. */
    private final List<List<byte[]>> written = new ArrayList<>();
    private RocksDbBlockStore store;

    @BeforeEach
    void makeVolume() throws IOException {
        Volumes.in(directory).create("vol", (long) BLOCKS * BLOCK, BLOCK, Compression.LZ4);
        store = open("vol");
        for (int i = 0; i < BLOCKS; i++) {
            written.add(new ArrayList<>(List.of(new byte[BLOCK])));
        }
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        arena.close();
    }

    private RocksDbBlockStore open(String volume) throws IOException {
        var opened = RocksDbBlockStore.open("vda", VolumeStoreOptions.of(directory, volume));
        opened.activate();
        return opened;
    }

    private void write(int requests) {
        for (int i = 0; i < requests; i++) {
            int block = random.nextInt(BLOCKS);
            byte[] data = new byte[BLOCK];
            random.nextBytes(data);
            var buffer = GuestBuffer.aligned(arena, BLOCK).put(data);
            assertThat(FakeStoreRequest.write((long) block * BLOCK, buffer).on(store)).isEqualTo(StoreResult.OK);
            written.get(block).add(data);
        }
    }

    private void flush() {
        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
        written.forEach(values -> values.subList(0, values.size() - 1).clear());
    }

    private byte[] read(BlockStore from, int block, StoreResult result) {
        var buffer = GuestBuffer.aligned(arena, BLOCK);
        assertThat(FakeStoreRequest.read((long) block * BLOCK, buffer).on(from)).isEqualTo(result);
        return buffer.bytes();
    }

    /** Every block has what was flushed, or something that was written after it; and there is no older one. */
    private void checkValues(BlockStore from) {
        for (int block = 0; block < BLOCKS; block++) {
            assertThat(written.get(block)).as("block " + block).contains(read(from, block, StoreResult.OK));
        }
    }

    /** The files as they are now, which is what a killed process leaves. */
    private void copyVolume(String to) throws IOException {
        Path from = directory.resolve("vol");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(to).resolve(from.relativize(file).toString()));
            }
        }
    }

    private static Path newestLog(Path volume) throws IOException {
        try (Stream<Path> files = Files.walk(volume)) {
            return files.filter(file -> file.toString().endsWith(".log")).max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void killedProcessLosesNothingThatWasAnswered() throws IOException {
        write(300);
        flush();
        write(300);
        written.forEach(values -> values.subList(0, values.size() - 1).clear());
        copyVolume("killed");

        try (var after = open("killed")) {
            checkValues(after);
        }
    }

    @Test
    void powerCutLosesNothingThatWasFlushedAndInventsNothing() throws IOException {
        write(300);
        flush();
        long flushed = Files.size(newestLog(directory.resolve("vol")));
        write(100);
        for (int cut = 0; cut < 12; cut++) {
            String name = "cut" + cut;
            copyVolume(name);
            tear(newestLog(directory.resolve(name)), flushed, cut % 3);
            try (var after = open(name)) {
                checkValues(after);
            }
        }
    }

    /** Behind what is stable, a power cut leaves less, or zeroes, or something else. */
    private void tear(Path log, long stable, int how) throws IOException {
        try (var file = new RandomAccessFile(log.toFile(), "rw")) {
            long size = file.length();
            assertThat(size).isGreaterThan(stable);
            long at = stable + (long) (random.nextDouble() * (size - stable));
            byte[] rest = new byte[(int) Math.min(5000, size - at)];
            if (how == 2) {
                random.nextBytes(rest);
            }
            if (how > 0) {
                file.seek(at);
                file.write(rest);
            } else {
                file.setLength(at);
            }
        }
    }

    @Test
    void flippedByteFailsReadsOfItsBlocksOnlyAndIsCounted() throws IOException {
        for (int block = 0; block < BLOCKS; block++) {
            byte[] data = new byte[BLOCK];
            random.nextBytes(data);
            FakeStoreRequest.write((long) block * BLOCK, GuestBuffer.aligned(arena, BLOCK).put(data)).on(store);
            written.set(block, new ArrayList<>(List.of(data)));
        }
        store.snapshot("tables"); // puts all of it into data files
        store.deactivate();
        flipAByteOfATable();
        store.activate();

        List<Integer> damaged = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            var buffer = GuestBuffer.aligned(arena, BLOCK);
            StoreResult result = FakeStoreRequest.read((long) block * BLOCK, buffer).on(store);
            if (result == StoreResult.OK) {
                assertThat(buffer.bytes()).isEqualTo(written.get(block).getFirst());
            } else {
                damaged.add(block);
            }
        }
        assertThat(damaged).hasSizeBetween(1, 4);
        assertThat(damaged.getLast() - damaged.getFirst()).isEqualTo(damaged.size() - 1);
        assertThat(store.counters().checksumErrors()).isEqualTo(damaged.size());
        var all = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, BLOCKS * BLOCK));
        assertThat(all.on(store)).isEqualTo(StoreResult.ERROR);
        write(10);
        flush();
    }

    private void flipAByteOfATable() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("vol"))) {
            Path table = files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElseThrow();
            try (var file = new RandomAccessFile(table.toFile(), "rw")) {
                file.seek(file.length() / 2);
                int value = file.read();
                file.seek(file.length() / 2);
                file.write(value ^ 1);
            }
        }
    }

    @Test
    void secondUserIsRefusedWithTheFirstOnesProcess() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open("vol"))
                .withMessage("volume vol is in use by process " + ProcessHandle.current().pid());
    }

    @Test
    void leftOversOfWhatWasInterruptedAreNoVolumeAndDoNotHarm() throws IOException {
        write(10);
        flush();
        store.deactivate();
        Files.createDirectories(directory.resolve("vol/data-7"));
        Files.createDirectories(directory.resolve("vol/snapshots/.new-half"));
        Files.writeString(directory.resolve("vol/volume.next"), "isthmus-volume 1\nid=");

        store.activate();

        checkValues(store);
        assertThat(directory.resolve("vol/data-7")).doesNotExist();
        assertThat(directory.resolve("vol/snapshots/.new-half")).doesNotExist();
    }
}
