package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The world fails; the store does not. */
@LeavesNothing
class FileStoreFaultTest {
    private static final int SIZE_BYTES = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Arena arena = Arena.ofShared();
    private Path path;

    @BeforeEach
    void makeImage() {
        path = Images.sparse(directory, "a.img", SIZE_BYTES);
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /** How the requests come to it. */
    BlockStore reached(FileStore store) {
        return store;
    }

    private BlockStore active(boolean direct) throws IOException {
        // One thread, so that a dead one would be noticed.
        var store = reached(FileStore.open("vda", FileStoreOptions.of(path).withDirect(direct).withThreads(1)));
        store.activate();
        return store;
    }

    private void stillServes(BlockStore store) {
        var buffer = GuestBuffer.scattered(arena, 4095, 1);
        assertThat(FakeStoreRequest.write(0, buffer).durably().on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(0, buffer).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failsReadsBehindTheEndOfAnImageThatWasCutOff(boolean direct) throws IOException {
        try (var store = active(direct)) {
            Images.resize(path, SIZE_BYTES / 2);
            var buffer = GuestBuffer.aligned(arena, 8192);

            assertThat(FakeStoreRequest.read(SIZE_BYTES - 8192, buffer).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.read(SIZE_BYTES / 2 - 4096, buffer).on(store)).isEqualTo(StoreResult.ERROR);

            assertThat(store.counters().ioErrors()).isEqualTo(2);
            assertThat(store.counters().flushFailed()).isFalse();
            stillServes(store);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesNotMakeAnImageLongerThatWasCutOff(boolean direct) throws IOException {
        try (var store = active(direct)) {
            Images.resize(path, SIZE_BYTES / 2);
            store.look(System.nanoTime());
            var buffer = GuestBuffer.aligned(arena, 8192);
            var range = new FakeStoreRequest.Range(SIZE_BYTES - 8192, 8192, true);

            assertThat(store.counters().missingBytes()).isEqualTo(SIZE_BYTES / 2);
            assertThat(FakeStoreRequest.write(SIZE_BYTES - 8192, buffer).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.write(SIZE_BYTES / 2 - 4096, buffer).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.writeZeroes(range).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.discard(range).on(store)).isEqualTo(StoreResult.ERROR);

            assertThat(Files.size(path)).isEqualTo(SIZE_BYTES / 2);
            assertThat(store.counters().ioErrors()).isEqualTo(4);
            stillServes(store);
            assertThat(FakeStoreRequest.write(SIZE_BYTES / 2 - 8192, buffer).on(store)).isEqualTo(StoreResult.OK);
        }
    }

    @Test
    void usesAnImageThatWasCutOffAgainWhenTheOperatorHasRestoredIt() throws IOException {
        try (var store = active(false)) {
            Images.resize(path, SIZE_BYTES / 2);
            store.look(System.nanoTime());
            Images.resize(path, SIZE_BYTES);
            store.look(System.nanoTime());
            var buffer = GuestBuffer.aligned(arena, 8192);
            assertThat(FakeStoreRequest.read(SIZE_BYTES - 8192, buffer).on(store)).as("zeroes that are no data")
                    .isEqualTo(StoreResult.ERROR);

            assertThat(store.refresh().sizeBytes()).isEqualTo(SIZE_BYTES);

            assertThat(store.counters().missingBytes()).isZero();
            assertThat(FakeStoreRequest.read(SIZE_BYTES - 8192, buffer).on(store)).isEqualTo(StoreResult.OK);
            assertThat(FakeStoreRequest.write(SIZE_BYTES - 8192, buffer).on(store)).isEqualTo(StoreResult.OK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failsRequestsWhoseGuestMemoryWasCutOff(boolean direct) throws IOException {
        try (OwnedFd memory = MemFd.create("guest", 1 << 20); Mapping mapping = Mapping.shared(memory, 0, 1 << 20)) {
            MemFd.resize(memory, 0);
            try (var store = active(direct)) {
                // An odd address, so that O_DIRECT goes through our own copy and the fault is ours and not the
                // kernel's.
                var gone = new OnePiece(mapping.address() + 1, 4096);

                assertThat(gone.write().on(store)).isEqualTo(StoreResult.ERROR);
                assertThat(gone.read().on(store)).isEqualTo(StoreResult.ERROR);

                assertThat(store.counters().ioErrors()).isEqualTo(2);
                stillServes(store);
            }
        }
    }

    /** A buffer at an address of its own choice. */
    private final class OnePiece {
        private final GuestBuffer buffer;

        OnePiece(long address, long lengthBytes) {
            buffer = GuestBuffer.at(arena, MemorySegment.ofAddress(address).reinterpret(lengthBytes));
        }

        FakeStoreRequest write() {
            return FakeStoreRequest.write(0, buffer);
        }

        FakeStoreRequest read() {
            return FakeStoreRequest.read(0, buffer);
        }
    }

    @Test
    void failsRequestsThatAreNotAtABlockOfADirectImage() throws IOException {
        try (var store = active(true)) {
            int block = store.limits().logicalBlockBytes();
            var buffer = GuestBuffer.aligned(arena, block);

            assertThat(FakeStoreRequest.read(block / 2, buffer).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.write(block / 2, buffer).on(store)).isEqualTo(StoreResult.ERROR);
            assertThat(FakeStoreRequest.write(block / 2, buffer).durably().on(store)).isEqualTo(StoreResult.ERROR);

            stillServes(store);
        }
    }

    @Test
    void freesSpaceOfWhatIsDiscarded() throws IOException {
        try (var store = active(false)) {
            FakeStoreRequest.write(0, GuestBuffer.aligned(arena, SIZE_BYTES)).durably().on(store);
            long before = Images.allocatedBytes(path);

            var discard = FakeStoreRequest.discard(FakeStoreRequest.Range.of(0, SIZE_BYTES / 2));
            assertThat(discard.durably().on(store)).isEqualTo(StoreResult.OK);

            assertThat(before - Images.allocatedBytes(path)).isEqualTo(SIZE_BYTES / 2);
        }
    }

    @Test
    void keepsSpaceAllocatedWhenDiscardIsSwitchedOff() throws IOException {
        try (var store = reached(FileStore.open("vda", FileStoreOptions.of(path).withDiscard(false)))) {
            store.activate();
            FakeStoreRequest.write(0, GuestBuffer.aligned(arena, SIZE_BYTES)).durably().on(store);
            long before = Images.allocatedBytes(path);

            var range = new FakeStoreRequest.Range(0, SIZE_BYTES, true);
            assertThat(FakeStoreRequest.discard(range).durably().on(store)).isEqualTo(StoreResult.OK);
            assertThat(FakeStoreRequest.writeZeroes(range).durably().on(store)).isEqualTo(StoreResult.OK);

            assertThat(Images.allocatedBytes(path)).isEqualTo(before);
        }
    }

    @Test
    void hasItsThreadsOnlyWhileItIsActive() throws IOException {
        var store = FileStore.open("vdz", FileStoreOptions.of(path).withThreads(3));
        assertThat(storeThreads()).isZero();
        store.activate();
        assertThat(storeThreads()).isEqualTo(3);
        store.deactivate();
        assertThat(storeThreads()).isZero();
    }

    private static long storeThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("store-vdz-")).count();
    }
}
