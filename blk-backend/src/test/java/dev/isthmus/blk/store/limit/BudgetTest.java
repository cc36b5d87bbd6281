package dev.isthmus.blk.store.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The arithmetic of a limit, on a clock of the test's. */
class BudgetTest {
    private static final long SECOND = 1_000_000_000;

    /** Takes all there is, as soon as it is there. */
    private static long takenIn(Budget budget, long nanos, long bytes) {
        long now = 0;
        long taken = 0;
        while (now <= nanos) {
            budget.fill(now);
            while (budget.isOpen()) {
                budget.take(bytes);
                taken++;
            }
            now += Math.max(1, budget.nanosUntilOpen());
        }
        return taken;
    }

    @Test
    void letsGoWhatTheRateAllowsAndOneBurstMore() {
        var budget = new Budget(new Limit(2000, 0, 50), 0);
        assertThat(takenIn(budget, 5 * SECOND, 4096)).isBetween(10_099L, 10_101L);
    }

    @Test
    void limitsBytesWithWholeRequests() {
        var budget = new Budget(new Limit(0, 1 << 20, 0), 0);
        // 16 requests of 64 KiB are a second's; the one that is begun with a byte left is in debt for the rest.
        assertThat(takenIn(budget, 5 * SECOND, 1 << 16)).isBetween(80L, 82L);
    }

    @Test
    void theTighterOfBothLimitsHolds() {
        assertThat(takenIn(new Budget(new Limit(100, 1 << 20, 0), 0), SECOND, 1 << 16)).isBetween(16L, 18L);
        assertThat(takenIn(new Budget(new Limit(10, 1 << 20, 0), 0), SECOND, 1 << 16)).isBetween(10L, 12L);
    }

    @Test
    void idlenessIsSavedUpToTheBurst() {
        var budget = new Budget(new Limit(1000, 0, 100), 0);
        assertThat(takenIn(budget, 0, 1)).isEqualTo(100);
        budget.fill(3600 * SECOND);
        int taken = 0;
        while (budget.isOpen()) {
            budget.take(1);
            taken++;
        }
        assertThat(taken).isEqualTo(100);
    }

    @Test
    void requestLargerThanTheBucketGoesAndTheNextWaitsForItsDebt() {
        var budget = new Budget(new Limit(0, 1000, 0), 0);
        assertThat(budget.isOpen()).isTrue();
        budget.take(10_000);
        assertThat(budget.isOpen()).isFalse();
        assertThat(budget.nanosUntilOpen()).isEqualTo(10 * SECOND);
        budget.fill(10 * SECOND);
        assertThat(budget.isOpen()).isTrue();
    }

    @Test
    void clockThatStandsStillIsNoFault() {
        var budget = new Budget(new Limit(1, 0, 0), 5);
        budget.take(0);
        budget.fill(4);
        assertThat(budget.isOpen()).isFalse();
    }
}
