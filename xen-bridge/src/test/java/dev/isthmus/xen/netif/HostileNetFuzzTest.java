package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.FuzzFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short run of {@link HostileNetFuzz}, and the test of the fuzzer itself. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileNetFuzzTest {
    private static final int CASES = 300_000;
    private static final int SCRIBBLED = 100_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyPacketOfAHostileGuestIsAnsweredAsItDeserves(long seed) throws Exception {
        try (HostileNetFuzz fuzz = new HostileNetFuzz(seed, false)) {
            fuzz.run(0, CASES / 2, false);
            assertThat(fuzz.tally().rarerThan(10, List.of(HostileNetGuest.Break.values()))).isEmpty();
            assertThat(fuzz.tally().reached()).isGreaterThan(fuzz.tally().cases() / 3);
        }
    }

    @Test
    void pagesMayChangeWhileTheyAreRead() throws Exception {
        try (HostileNetFuzz fuzz = new HostileNetFuzz(3, false)) {
            fuzz.run(0, SCRIBBLED, true);
            assertThat(fuzz.tally().reached()).isPositive();
        }
    }

    @Test
    void aCopyThatLeavesItsMemoryWouldBeFound() throws Exception {
        try (HostileNetFuzz fuzz = new HostileNetFuzz(4, true)) {
            assertThatThrownBy(() -> fuzz.run(0, 100, false)).isInstanceOf(FuzzFailure.class)
                    .hasMessageContaining("seed 4").hasMessageContaining("a copy of");
        }
    }
}
