package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScraperTest {
    private static final String METRICS = """
            # HELP isthmus_vring_lost_wakeups_total requests that waited
            # TYPE isthmus_vring_lost_wakeups_total counter
            isthmus_vring_lost_wakeups_total{device="a",queue="0"} 1.0
            isthmus_vring_lost_wakeups_total{device="b",queue="0"} 2.0
            isthmus_vring_lost_wakeups_total_of_another_kind 7.0
            process_uptime_seconds 12.5
            """;

    @Test
    void samplesOfAMetricAreAddedWhateverTheirLabels() {
        assertThat(Scraper.sum(METRICS, "isthmus_vring_lost_wakeups_total")).isEqualTo(3);
        assertThat(Scraper.sum(METRICS, "process_uptime_seconds")).isEqualTo(12.5);
    }

    @Test
    void metricThatIsNotThereIsZero() {
        assertThat(Scraper.sum(METRICS, "isthmus_vring")).isZero();
    }
}
