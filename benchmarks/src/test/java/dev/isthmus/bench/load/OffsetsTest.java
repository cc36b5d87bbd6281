package dev.isthmus.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetsTest {

    @Test
    void sequentialOnesComeInTurnAndBeginAgain() {
        Offsets offsets = new Offsets(false, 3, 8, 99);
        for (int round = 0; round < 3; round++) {
            assertThat(offsets.next()).isZero();
            assertThat(offsets.next()).isEqualTo(8);
            assertThat(offsets.next()).isEqualTo(16);
        }
    }

    @Test
    void randomOnesAreBlocksOfTheDiskAndAllOfThem() {
        Offsets offsets = new Offsets(true, 1000, 8, 7);
        BitSet seen = new BitSet();
        for (int i = 0; i < 20_000; i++) {
            long sector = offsets.next();
            assertThat(sector % 8).isZero();
            assertThat(sector).isBetween(0L, 999 * 8L);
            seen.set((int) (sector / 8));
        }
        assertThat(seen.cardinality()).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 1L << 32, (1L << 54) - 1})
    void randomOnesStayBelowTheEnd(long blocks) {
        Offsets offsets = new Offsets(true, blocks, 1, 3);
        for (int i = 0; i < 10_000; i++) {
            assertThat(offsets.next()).isBetween(0L, blocks - 1);
        }
    }

    @Test
    void theSeedDecides() {
        assertThat(first(1)).isEqualTo(first(1)).isNotEqualTo(first(2));
    }

    private static long first(long seed) {
        return new Offsets(true, 1L << 40, 1, seed).next();
    }
}
