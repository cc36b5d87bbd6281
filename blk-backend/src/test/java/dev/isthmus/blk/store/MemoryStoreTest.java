package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Not {@link GrowingStoreContract}: its size is given once. */
class MemoryStoreTest extends DataStoreContract {
    @Override
    BlockStore open() throws IOException {
        return MemoryStore.open("vda", SIZE_BYTES);
    }

    @Test
    void completesInsideSubmit() {
        var request = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 512));

        request.submitTo(store);

        assertThat(request.completer()).isSameAs(Thread.currentThread());
    }

    @Test
    void takesMemoryOnlyForWhatWasWrittenAndGivesItBack() throws IOException {
        try (var large = MemoryStore.open("vdb", 1L << 40)) {
            assertThat(large.allocatedBytes()).isZero();
            FakeStoreRequest.read(1L << 39, GuestBuffer.aligned(arena, 65536)).on(large);
            assertThat(large.allocatedBytes()).isZero();

            FakeStoreRequest.write(1L << 39, GuestBuffer.aligned(arena, 65536)).on(large);
            assertThat(large.allocatedBytes()).isEqualTo(65536);

            FakeStoreRequest.discard(FakeStoreRequest.Range.of(1L << 39, 65536)).on(large);
            assertThat(large.allocatedBytes()).isZero();
        }
    }
}
