package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume on a file system that is full. Needs root. */
@Tag("rocksdb")
class VolumeDiskFullIT {
    private static final int MIB = 1 << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void keepsWhatWasAnsweredAndGoesOnWhenThereIsRoomAgain() throws IOException {
        Path backing = Images.sparse(directory, "fs.img", 128L << 20);
        Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
        Tool.mustRun("mkfs.ext4", "-q", backing.toString());
        Tool.mustRun("mount", "-o", "loop", backing.toString(), mountPoint.toString());
        try {
            fill(mountPoint);
        } finally {
            Tool.mustRun("umount", mountPoint.toString());
        }
    }

    private static void fill(Path mountPoint) throws IOException {
        Path ballast = Files.write(mountPoint.resolve("ballast"), new byte[48 * MIB]);
        Volumes.in(mountPoint).create("v", 1L << 30, 4096, Compression.LZ4);
        List<byte[]> answered = new ArrayList<>();
        try (Arena arena = Arena.ofShared(); var store = open(mountPoint)) {
            var random = new Random(3);
            StoreResult result = StoreResult.OK;
            while (result == StoreResult.OK) {
                byte[] data = new byte[MIB];
                random.nextBytes(data);
                result = FakeStoreRequest.write((long) answered.size() * MIB, GuestBuffer.aligned(arena, MIB).put(data))
                        .on(store);
                if (result == StoreResult.OK) {
                    answered.add(data);
                }
            }
            assertThat(result).isEqualTo(StoreResult.NO_SPACE);
            assertThat(store.counters().isFull()).isTrue();
            check(arena, store, answered);

            Files.delete(ballast);
            var again = GuestBuffer.aligned(arena, MIB).put(answered.getFirst());
            long begin = System.nanoTime();
            while (FakeStoreRequest.write((long) answered.size() * MIB, again).on(store) != StoreResult.OK) {
                assertThat(System.nanoTime() - begin).as("goes on in time").isLessThan(PATIENCE_NANOS);
            }
            answered.add(answered.getFirst());
            assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
            check(arena, store, answered);
            store.deactivate();
            store.activate();
            check(arena, store, answered);
        }
    }

    private static RocksDbBlockStore open(Path mountPoint) throws IOException {
        var store = RocksDbBlockStore.open("vda", VolumeStoreOptions.of(mountPoint, "v"));
        store.activate();
        return store;
    }

    private static void check(Arena arena, BlockStore store, List<byte[]> answered) {
        var buffer = GuestBuffer.aligned(arena, MIB);
        for (int i = 0; i < answered.size(); i++) {
            assertThat(FakeStoreRequest.read((long) i * MIB, buffer).on(store)).isEqualTo(StoreResult.OK);
            assertThat(buffer.bytes()).as("MiB " + i).isEqualTo(answered.get(i));
        }
    }
}
