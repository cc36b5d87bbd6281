package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.blk.store.FakeStoreRequest.Range;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reaches the disk, by the disk's own count; and a full one. Needs root. */
@Tag("e2e")
class DurabilityIT {
    private static final int SIZE_BYTES = 8 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private LoopDevice device(boolean readOnly) throws IOException {
        return LoopDevice.over(Images.sparse(directory, "loop.img", SIZE_BYTES), 512, readOnly);
    }

    private static BlockStore open(Path image, boolean direct, boolean ioUring) throws IOException {
        var store = FileStore.open("vda", FileStoreOptions.of(image).withDirect(direct));
        return ioUring ? new OverIoUring(store) : store;
    }

    @ParameterizedTest(name = "direct {0}, io_uring {1}")
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void flushesTheDeviceOnceForEachFlushAndEachDurableRequest(boolean direct, boolean ioUring) throws IOException {
        try (LoopDevice device = device(false)) {
            try (var store = open(device.path(), direct, ioUring)) {
                store.activate();
                var aligned = GuestBuffer.aligned(arena, 4096);
                var scattered = GuestBuffer.scattered(arena, 1, 4095);
                var many = GuestBuffer.many(arena, 2048, 512);
                var range = Range.of(65536, 65536);
                var unmap = new Range(65536, 65536, true);

                assertThat(flushes(device, store, FakeStoreRequest.write(0, aligned))).as("write").isZero();
                assertThat(flushes(device, store, FakeStoreRequest.flush())).as("flush").isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.write(0, aligned).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.write(0, scattered).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.write(0, many).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.writeZeroes(range).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.writeZeroes(unmap).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.discard(range).durably())).isEqualTo(1);
                assertThat(flushes(device, store, FakeStoreRequest.read(0, scattered))).as("read").isZero();
            }
        }
    }

    private static long flushes(LoopDevice device, BlockStore store, FakeStoreRequest request) {
        long before = device.flushes();
        assertThat(request.on(store)).isEqualTo(StoreResult.OK);
        return device.flushes() - before;
    }

    @Test
    void describesABlockDevice() throws IOException {
        try (LoopDevice device = device(false); var store = FileStore.open("vda", FileStoreOptions.of(device.path()))) {
            assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);
            assertThat(store.limits().logicalBlockBytes()).isEqualTo(512);
            assertThat(store.limits().discard()).isTrue();
            assertThat(store.limits().discardAlignmentBytes()).isGreaterThanOrEqualTo(512);
        }
    }

    @Test
    void wantsAReadOnlyDeviceToBeUsedReadOnly() throws IOException {
        try (LoopDevice device = device(true)) {
            var options = FileStoreOptions.of(device.path());
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> FileStore.open("vda", options))
                    .withMessageContainingAll(device.path().toString(), "read-only");
            try (var store = FileStore.open("vda", options.withReadOnly(true))) {
                store.activate();
                var buffer = GuestBuffer.aligned(arena, 512);
                assertThat(FakeStoreRequest.read(0, buffer).on(store)).isEqualTo(StoreResult.OK);
            }
        }
    }

    @ParameterizedTest(name = "direct {0}, io_uring {1}")
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void saysThatTheDiskIsFullAndServesOnWhenThereIsRoomAgain(boolean direct, boolean ioUring) throws IOException {
        Path backing = Images.sparse(directory, "fs.img", 16 << 20);
        Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
        Tool.mustRun("mkfs.ext4", "-q", backing.toString());
        Tool.mustRun("mount", "-o", "loop", backing.toString(), mountPoint.toString());
        try {
            fill(mountPoint, direct, ioUring);
        } finally {
            Tool.mustRun("umount", mountPoint.toString());
        }
    }

    private void fill(Path mountPoint, boolean direct, boolean ioUring) throws IOException {
        Path image = Images.sparse(mountPoint, "a.img", 64 << 20);
        try (var store = open(image, direct, ioUring)) {
            store.activate();
            var megabyte = GuestBuffer.aligned(arena, 1 << 20);
            StoreResult result = StoreResult.OK;
            for (int i = 0; i < 32 && result == StoreResult.OK; i++) {
                result = FakeStoreRequest.write((long) i << 20, megabyte).on(store);
            }
            assertThat(result).isEqualTo(StoreResult.NO_SPACE);
            assertThat(FakeStoreRequest.write(40 << 20, megabyte).durably().on(store)).isEqualTo(StoreResult.NO_SPACE);
            assertThat(store.counters().noSpaceErrors()).isEqualTo(2);

            assertThat(FakeStoreRequest.discard(Range.of(0, 8 << 20)).on(store)).isEqualTo(StoreResult.OK);
            assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
            assertThat(FakeStoreRequest.write(0, megabyte).durably().on(store)).isEqualTo(StoreResult.OK);
            assertThat(store.counters().flushFailed()).isFalse();
        }
    }
}
