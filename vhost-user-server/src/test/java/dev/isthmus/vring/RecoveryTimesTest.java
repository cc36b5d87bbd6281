package dev.isthmus.vring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.counters.LatencyHistogram;
import dev.isthmus.vring.RecoveryTimes.Phase;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each part of a front-end's return is noted once a connection. */
class RecoveryTimesTest {
    private final RecoveryTimes times = new RecoveryTimes();

    @Test
    void everyConnectionHasItsWayToTheFirstRing() {
        connection(1);
        connection(2);

        assertThat(count(Phase.CONNECT)).isEqualTo(2);
        assertThat(count(Phase.CONFIGURE)).isEqualTo(2);
        assertThat(count(Phase.REPLAY)).isZero();
    }

    @Test
    void frontEndThatStartsNoRingOnlyConnects() {
        connection(0);

        assertThat(count(Phase.CONNECT)).isOne();
        assertThat(count(Phase.CONFIGURE)).isZero();
    }

    @Test
    void onlyTheFirstAnswerOfAConnectionCounts() {
        times.connected();
        times.ringStarts();
        times.ringStarts();
        times.answered();
        times.answered();
        assertThat(count(Phase.REPLAY)).isOne();

        times.disconnected();
        times.connected();
        times.ringStarts();
        times.answered();
        assertThat(count(Phase.REPLAY)).isEqualTo(2);
    }

    private void connection(int rings) {
        times.connected();
        for (int ring = 0; ring < rings; ring++) {
            times.ringStarts();
        }
        times.disconnected();
    }

    private long count(Phase phase) {
        return IntStream.range(0, LatencyHistogram.BUCKETS).mapToLong(times.of(phase)::count).sum();
    }
}
