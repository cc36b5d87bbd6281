package dev.isthmus.blk.store.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockChecksumTest {
    private static long of(byte[] bytes, long seed) {
        return Scratch.withCopy(bytes, bytes.length, address -> BlockChecksum.of(address, bytes.length, seed));
    }

    /** The content checksum of a zstd frame is the lower half of XXH64 with seed 0: {@code zstd --check}. */
    @Test
    void isTheHashThatOtherToolsCallXxh64() {
        byte[] counting = new byte[4096];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) (i * 7);
        }

        assertThat((int) of(new byte[4096], 0)).isEqualTo(0x32d8bbdb);
        assertThat((int) of(counting, 0)).isEqualTo(0xa6fe1426);
    }

    @Test
    void tellsEveryFlippedBitAndEveryOtherBlock() {
        byte[] data = new byte[64];
        new Random(1).nextBytes(data);
        long whole = of(data, 7);
        for (int bit = 0; bit < data.length * 8; bit++) {
            data[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(of(data, 7)).isNotEqualTo(whole);
            data[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(of(data, 8)).isNotEqualTo(whole);
        assertThat(of(data, 7)).isEqualTo(whole);
    }
}
