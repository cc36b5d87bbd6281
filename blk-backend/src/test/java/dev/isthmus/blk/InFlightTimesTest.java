package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class InFlightTimesTest {
    private final InFlightTimes times = new InFlightTimes(4);

    @Test
    void nothingInFlightIsOfNoAge() {
        assertThat(times.oldestAgeNanos(1_000_000)).isZero();
    }

    @Test
    void theOldestIsTheOneTakenFirst() {
        times.taken(2, 1000);
        times.taken(0, 5000);

        assertThat(times.oldestAgeNanos(11_000)).isCloseTo(10_000, within(1L));
        assertThat(times.answered(2, 12_000)).isCloseTo(11_000, within(1L));
        assertThat(times.oldestAgeNanos(11_000)).isCloseTo(6000, within(1L));
        times.answered(0, 13_000);
        assertThat(times.oldestAgeNanos(20_000)).isZero();
    }

    @Test
    void clocksMayPassZeroAndBegin() {
        times.taken(1, -10);
        assertThat(times.oldestAgeNanos(90)).isCloseTo(100, within(1L));
        times.taken(3, 0);
        assertThat(times.answered(3, 7)).isCloseTo(7, within(1L));
    }
}
