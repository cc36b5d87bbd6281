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
    private static final int SMALL_FRAME_BYTES = 64;
    private static final double LEAST_OF_SMALL_FRAMES = 0.5;

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

    /** The project's goal is of small frames. */
    boolean hasGoal() {
        return flow.frameBytes() == SMALL_FRAME_BYTES;
    }

    /** A ratio that is no number meets nothing. */
    boolean meetsGoal() {
        return !hasGoal() || ratio(Metric.MPPS) >= LEAST_OF_SMALL_FRAMES;
    }

    static double goal() {
        return LEAST_OF_SMALL_FRAMES;
    }
}
