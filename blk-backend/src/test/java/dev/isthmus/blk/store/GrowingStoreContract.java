package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a store promises whose image can be made larger while it is used. */
abstract class GrowingStoreContract extends DataStoreContract {
    /** Makes the image behind the store larger. */
    abstract void grow(long sizeBytes) throws IOException;

    @Test
    void seesThatItGrew() throws IOException {
        grow(2 * SIZE_BYTES);
        assertThat(store.limits().sizeBytes()).isEqualTo(SIZE_BYTES);

        assertThat(store.refresh().sizeBytes()).isEqualTo(2 * SIZE_BYTES);

        assertThat(store.limits().sizeBytes()).isEqualTo(2 * SIZE_BYTES);
        byte[] data = random(14, block());
        write(2 * SIZE_BYTES - block(), data);
        assertThat(read(2 * SIZE_BYTES - block(), block())).isEqualTo(data);
    }
}
