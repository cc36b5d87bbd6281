package dev.isthmus.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountersTest {

    @Test
    void countersCountAndGaugesAreSet() {
        var counter = new Counter();
        assertThat(counter.get()).isZero();
        counter.increment();
        counter.add(41);
        assertThat(counter.get()).isEqualTo(42);
        counter.set(-3);
        assertThat(counter.get()).isEqualTo(-3);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "1000, 0", "1001, 1", "2000, 1", "2001, 2", "4000, 2", "4001, 3", "1024000, 10",
        "1024001, 11", "67108864000, 26", "67108864001, 27", "9223372036854775807, 27"})
    void durationsFallIntoTheBucketWhoseBoundTheyDoNotPass(long nanos, int bucket) {
        assertThat(LatencyHistogram.bucketOf(nanos)).isEqualTo(bucket);
        if (bucket < LatencyHistogram.BUCKETS - 1) {
            assertThat(nanos / 1e9).isLessThanOrEqualTo(LatencyHistogram.upperBoundSeconds(bucket));
        }
    }

    @Test
    void boundsArePowersOfTwoMicrosecondsAndTheLastIsInfinite() {
        assertThat(LatencyHistogram.upperBoundSeconds(0)).isEqualTo(1e-6);
        assertThat(LatencyHistogram.upperBoundSeconds(10)).isEqualTo(1024e-6);
        assertThat(LatencyHistogram.upperBoundSeconds(27)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void histogramsCountEachDurationOnceAndSumThemUp() {
        var histogram = new LatencyHistogram();
        histogram.record(500);
        histogram.record(1500);
        histogram.record(1600);
        histogram.record(-7); // a clock that went back

        assertThat(histogram.count(0)).isEqualTo(2);
        assertThat(histogram.count(1)).isEqualTo(2);
        assertThat(histogram.count(2)).isZero();
        assertThat(histogram.sumSeconds()).isEqualTo(3600e-9, within(1e-12));
    }
}
