package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class SharedClockTest {
    private final SharedClock clock = new SharedClock(ProcessHandle.current().pid(), 2);

    @Test
    void countsFromTheLastBeginToTheFirstEnd() {
        clock.accept(true);
        clock.accept(true);
        clock.accept(false);
        clock.accept(false);

        assertThat(clock.processors()).isNotNegative().isFinite();
    }

    @Test
    void loadThatEndsBeforeAllHaveBegunLeavesNothingToCount() {
        clock.accept(true);
        clock.accept(false);
        clock.accept(true);

        assertThatIllegalStateException().isThrownBy(clock::processors);
    }
}
