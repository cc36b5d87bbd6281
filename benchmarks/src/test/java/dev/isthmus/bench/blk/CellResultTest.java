package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.isthmus.bench.load.LoadResult;
import org.junit.jupiter.api.Test;

class CellResultTest {
    private final CellResult result = Results.of(Results.cell("null-randread-4k-d32-poll"));

    @Test
    void mediansAreOfEachSide() {
        assertThat(result.median(Side.OURS, Metric.IOPS)).isEqualTo(200);
        assertThat(result.median(Side.PEER, Metric.IOPS)).isEqualTo(100);
        assertThat(result.median(Side.OURS, Metric.P99)).isEqualTo(20);
    }

    @Test
    void ratioIsOursDividedByThePeersOfTheMedians() {
        assertThat(result.ratio(Metric.IOPS)).isEqualTo(2);
        assertThat(result.ratio(Metric.P50)).isEqualTo(0.5);
        assertThat(result.ratio(Metric.CPU)).isEqualTo(0.2);
    }

    @Test
    void spreadIsOfTheRounds() {
        assertThat(result.roundRatios(Metric.IOPS).getMin()).isEqualTo(1);
        assertThat(result.roundRatios(Metric.IOPS).getMax()).isEqualTo(4);
    }

    @Test
    void processorTimeIsDividedByTheRequestsThatWereCounted() {
        var load = new LoadResult(1000, 0.5, 1, 2, 3, 0, 10, 0);

        Figures figures = Figures.of(load, 250_000);

        assertThat(figures.iops()).isEqualTo(2000);
        assertThat(figures.cpuMicrosPerIo()).isCloseTo(0.25, within(1e-9));
    }
}
