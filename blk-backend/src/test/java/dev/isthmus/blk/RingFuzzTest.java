package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.virtqueue.ChainFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The short run of {@link RingFuzz}, and the test of the fuzzer itself. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingFuzzTest {
    private static final int CASES = 60_000;

    static List<Enum<?>> everyFault() {
        List<Enum<?>> all = new ArrayList<>(List.of(ChainFault.values()));
        all.addAll(List.of(BlkRequestFault.values()));
        all.remove(ChainFault.NONE);
        all.remove(BlkRequestFault.NONE);
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyChainGetsTheAnswerItMustGet(long seed) throws Exception {
        try (RingFuzz fuzz = new RingFuzz(seed, RingFuzz.Canary.NONE)) {
            fuzz.run(0, CASES);
            FuzzTally tally = fuzz.tally();
            assertThat(tally.rarerThan(10, everyFault())).as("faults seldom met, seed %d\n%s", seed, tally).isEmpty();
            assertThat(tally.reached()).isGreaterThan(tally.cases() / 2);
        }
    }

    @Test
    void nothingEscapesWhileMemoryChangesUnderTheReader() throws Exception {
        try (RingFuzz fuzz = new RingFuzz(4, RingFuzz.Canary.NONE)) {
            fuzz.runScribbled(0, CASES);
            assertThat(fuzz.tally().reached()).as("%s", fuzz.tally()).isGreaterThan(CASES / 4);
        }
    }

    @ParameterizedTest(name = "canary: regions {0} bytes too long, {1} sectors too many, forgets a chain: {2}")
    @CsvSource({"1, 0, false", "4096, 0, false", "0, 8, false", "0, 0, true"})
    void brokenCheckIsFound(int regionBytes, int sectors, boolean forgets) throws Exception {
        try (RingFuzz fuzz = new RingFuzz(1, new RingFuzz.Canary(regionBytes, sectors, forgets))) {
            assertThatThrownBy(() -> fuzz.run(0, CASES)).isInstanceOf(FuzzFailure.class)
                    .hasMessageContaining("seed 1, stream ");
        }
    }
}
