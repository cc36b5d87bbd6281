package dev.isthmus.net;

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

/** The short run of {@link NetFuzz}, and the test of the fuzzer itself. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetFuzzTest {
    private static final int CASES = 60_000;

    /** What a hostile guest can be refused for, and what can happen to an honest one. */
    static List<Enum<?>> everyFault() {
        List<Enum<?>> all = new ArrayList<>(List.of(DropCause.values()));
        all.addAll(List.of(NetBreak.values()));
        all.addAll(List.of(ChainFault.AVAIL_INDEX_TOO_FAR, ChainFault.HEAD_OUT_OF_RANGE,
                ChainFault.HEAD_ALREADY_IN_FLIGHT, ChainFault.RING_NOT_MAPPED));
        all.remove(DropCause.NONE);
        all.remove(NetBreak.NOTHING);
        all.remove(NetBreak.WITHOUT_ROOM_FOR_A_HEADER); // counted as its cause, of which it is the only one
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyFrameArrivesWholeOrIsCounted(long seed) throws Exception {
        try (NetFuzz fuzz = new NetFuzz(seed, NetFuzz.Canary.NONE)) {
            fuzz.run(0, CASES);
            FuzzTally tally = fuzz.tally();
            assertThat(tally.rarerThan(10, everyFault())).as("faults seldom met, seed %d\n%s", seed, tally).isEmpty();
            assertThat(tally.reached()).isGreaterThan(tally.cases() / 2);
        }
    }

    @Test
    void nothingEscapesWhileMemoryChangesUnderTheReader() throws Exception {
        try (NetFuzz fuzz = new NetFuzz(4, NetFuzz.Canary.NONE)) {
            fuzz.runScribbled(0, CASES);
            assertThat(fuzz.tally().reached()).as("%s", fuzz.tally()).isGreaterThan(CASES / 4);
        }
    }

    @ParameterizedTest(name = "canary: regions {0} bytes too long, forgets a chain: {1}")
    @CsvSource({"1, false", "4096, false", "0, true"})
    void brokenCheckIsFound(int regionBytes, boolean forgets) throws Exception {
        try (NetFuzz fuzz = new NetFuzz(1, new NetFuzz.Canary(regionBytes, forgets))) {
            assertThatThrownBy(() -> fuzz.run(0, CASES)).isInstanceOf(FuzzFailure.class)
                    .hasMessageContaining("seed 1, stream ");
        }
    }
}
