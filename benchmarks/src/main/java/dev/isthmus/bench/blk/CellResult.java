package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Numbers;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What came of a cell.
 *
 * @param ours by round
 * @param peers by round, as many
 * @param ourKilobytes RssAnon + RssFile of our server after the last round
 * @param peersKilobytes the peer's
 */
record CellResult(Cell cell, List<Figures> ours, List<Figures> peers, long ourKilobytes, long peersKilobytes) {
    double median(Side side, Metric metric) {
        return Numbers.median(of(side).stream().map(metric::of).toList());
    }

    /** Ours divided by the peer's, of the medians. */
    double ratio(Metric metric) {
        return median(Side.OURS, metric) / median(Side.PEER, metric);
    }

    /** Smallest and largest ratio of two measurements that followed each other. */
    DoubleSummaryStatistics roundRatios(Metric metric) {
        return IntStream.range(0, ours.size())
                .mapToDouble(round -> metric.of(ours.get(round)) / metric.of(peers.get(round)))
                .summaryStatistics();
    }

    double megabytes(Side side) {
        return (side == Side.OURS ? ourKilobytes : peersKilobytes) / 1024.0;
    }

    private List<Figures> of(Side side) {
        return side == Side.OURS ? ours : peers;
    }
}
