package dev.isthmus.blk.store.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A damaged block that RocksDB meets while it rewrites files costs that block, and no writes. */
class DamageInTheWayTest {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 256;

    @TempDir
    Path directory;

    private final Random random = new Random(5);
    private final Arena arena = Arena.ofConfined();
    private final BlockBuffer buffer = new BlockBuffer(arena, BLOCK);
    private final StagedBlocks staged = new StagedBlocks(BLOCK);
    private final List<String> told = new ArrayList<>();
    private OpenVolume volume;

    @BeforeEach
    void makeVolumeWithTwoFilesOneOfThemDamaged() throws IOException, RocksDBException {
        Volumes.in(directory).create("v", (long) BLOCKS * BLOCK, BLOCK, Compression.LZ4);
        open();
        fill(0, BLOCKS, 1);
        volume.db().flush();
        fill(0, BLOCKS / 8, 2);
        volume.db().flush();
        volume.close();
        flipAByte();
        open();
    }

    @AfterEach
    void close() {
        volume.close();
        staged.close();
        arena.close();
    }

    private void open() throws IOException {
        volume = OpenVolume.open(VolumePaths.of(directory, "v"), VolumeTuning.USUAL, Duration.ZERO);
        volume.db().whenResting(told::add);
    }

    private void fill(int first, int end, long value) throws RocksDBException {
        for (int block = first; block < end; block++) {
            long data = staged.buffer(staged.add(block)).data();
            for (int at = 0; at < BLOCK; at += Long.BYTES) {
                HostMemory.putU64(data + at, at == 0 ? value : random.nextLong());
            }
        }
        staged.commit(volume.db());
    }

    private void flipAByte() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("v"))) {
            Path largest = files.filter(file -> file.toString().endsWith(".sst")).max((a, b) -> Long.compare(a.toFile()
                    .length(), b.toFile().length())).orElseThrow();
            try (var file = new RandomAccessFile(largest.toFile(), "rw")) {
                long middle = file.length() / 2;
                file.seek(middle);
                int value = file.read();
                file.seek(middle);
                file.write(value ^ 1);
            }
        }
    }

    private List<Integer> unreadable() {
        List<Integer> unreadable = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            try {
                assertThat(buffer.load(volume.db(), block)).isTrue();
            } catch (RocksDBException | DamagedBlockException e) {
                unreadable.add(block);
            }
        }
        return unreadable;
    }

    private void compact() {
        assertThatExceptionOfType(RocksDBException.class).isThrownBy(() -> volume.db().compact(0, BLOCKS));
    }

    @Test
    void writesGoOnAndTheDamageStaysAnError() throws RocksDBException {
        List<Integer> damaged = unreadable();
        assertThat(damaged).hasSizeBetween(1, 2);
        compact();

        fill(0, BLOCKS / 4, 3);
        volume.db().sync();

        assertThat(told).hasSize(1);
        assertThat(volume.db().figures().resting()).isTrue();
        assertThat(unreadable()).isEqualTo(damaged);
        volume.db().compact(0, BLOCKS); // is left undone
        for (int i = 0; i < 40; i++) {
            fill(0, BLOCKS / 4, 4 + i);
            volume.db().flush(); // one more file each, more than would otherwise stop writes
        }
        assertThat(volume.db().figures().writeStopped()).isFalse();
        assertThat(told).hasSize(1);
    }

    @Test
    void whatWasWrittenMeanwhileIsThereWhenTheVolumeIsOpenedAnew() throws IOException, RocksDBException,
            DamagedBlockException {
        compact();
        fill(0, BLOCKS / 4, 3);
        volume.close();

        open();

        assertThat(buffer.load(volume.db(), 7)).isTrue();
        assertThat(HostMemory.u64(buffer.data())).isEqualTo(3);
        fill(0, 1, 9);
    }

    @Test
    void blockThatIsWrittenAnewIsWhole() throws RocksDBException {
        List<Integer> damaged = unreadable();
        compact();

        fill(damaged.getFirst(), damaged.getLast() + 1, 5);

        assertThat(unreadable()).isEmpty();
    }
}
