package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Numbers;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What came of a cell.
 *
 * @param ours by round
 * @param peers by round, as many
 * @param ourKilobytes RssAnon + RssFile of our server after the last round
 * @param peersKilobytes the peer's
 * @param space what the disks took of the machine's at the end, in MiB; empty if they are none of its
 */
record CellResult(Cell cell, List<Figures> ours, List<Figures> peers, long ourKilobytes, long peersKilobytes,
        Map<Side, Double> space) {
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

    /** Ours divided by the peer's. */
    double spaceRatio() {
        return space.getOrDefault(Side.OURS, Double.NaN) / space.getOrDefault(Side.PEER, Double.NaN);
    }

    double megabytes(Side side) {
        return (side == Side.OURS ? ourKilobytes : peersKilobytes) / 1024.0;
    }

    private List<Figures> of(Side side) {
        return side == Side.OURS ? ours : peers;
    }
}
