package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Numbers;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What came of a case.
 *
 * @param ours by round
 * @param peers by round, as many
 */
record FlowResult(Flow flow, List<Figures> ours, List<Figures> peers) {
    double median(Side side, Metric metric) {
        return Numbers.median((side == Side.OURS ? ours : peers).stream().map(metric::of).toList());
    }

    /** Ours divided by the peer's, of the medians. */
    double ratio(Metric metric) {
        return median(Side.OURS, metric) / median(Side.PEER, metric);
    }

    /** Smallest and largest ratio of two measurements that followed each other. */
    DoubleSummaryStatistics roundRatios(Metric metric) {
        return IntStream.range(0, ours.size()).mapToDouble(round -> metric.of(ours.get(round)) / metric.of(peers.get(
                round))).summaryStatistics();
    }

    /** The project's goals for it that it misses. */
    List<Goal> missed() {
        return Goal.of(flow).stream().filter(goal -> !goal.isMetBy(this)).toList();
    }
}
