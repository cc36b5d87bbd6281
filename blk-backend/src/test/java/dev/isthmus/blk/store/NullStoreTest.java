package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NullStoreTest extends BlockStoreContract {
    @Override
    BlockStore open() {
        return NullStore.open(SIZE_BYTES, true);
    }

    /**
     * It has nowhere to keep it, so {@link DataStoreContract} is not for it; nor can it grow: its size is given once.
     */
    @Override
    boolean keepsData() {
        return false;
    }

    @Test
    void readsZeroesIntoPiecesOfAnyLength() {
        var buffer = GuestBuffer.scattered(arena, 1, 0, 511, 512).put(nonZero());

        assertThat(FakeStoreRequest.read(0, buffer).on(store)).isEqualTo(StoreResult.OK);

        assertThat(buffer.bytes()).containsOnly(0);
        assertThat(buffer.isIntactAround()).isTrue();
    }

    @Test
    void leavesMemoryAloneWhenItNeedNotReadZeroes() {
        var buffer = GuestBuffer.scattered(arena, 512, 512).put(nonZero());

        assertThat(FakeStoreRequest.read(0, buffer).on(NullStore.open(SIZE_BYTES, false))).isEqualTo(StoreResult.OK);

        assertThat(buffer.bytes()).isEqualTo(nonZero());
    }

    @Test
    void completesInsideSubmit() {
        var request = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 512));

        request.submitTo(store);

        assertThat(request.completer()).isSameAs(Thread.currentThread());
    }

    private static byte[] nonZero() {
        byte[] data = new byte[1024];
        Arrays.fill(data, (byte) 7);
        return data;
    }
}
