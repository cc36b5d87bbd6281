package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private final LineBudget budget = new LineBudget();
    private final long start = System.nanoTime();

    @Test
    void writesTwentyLinesAtOnceAndCountsTheRest() {
        assertThat(linesAt(0, 50)).isEqualTo(20);
        assertThat(budget.takeWithheld()).isEqualTo(30);
        assertThat(budget.takeWithheld()).isZero();
    }

    @Test
    void writesALineAgainAfterFiveSeconds() {
        linesAt(0, 50);
        assertThat(linesAt(4, 5)).isZero();
        assertThat(linesAt(6, 5)).isEqualTo(1);
        assertThat(linesAt(11, 5)).isEqualTo(1);
    }

    @Test
    void doesNotSaveUpMoreThanTwentyLines() {
        assertThat(linesAt(3600, 50)).isEqualTo(20);
    }

    private int linesAt(long seconds, int wanted) {
        int written = 0;
        for (int i = 0; i < wanted; i++) {
            written += budget.take(start + TimeUnit.SECONDS.toNanos(seconds)) ? 1 : 0;
        }
        return written;
    }
}
