package dev.isthmus.bench.net;

import java.util.List;
import java.util.Locale;

/**
 * What the ratio of a figure is to be.
 *
 * @param atLeast whether the bound is the least that is enough; otherwise the most
 * @param bound of ours divided by the peer's
 */
record Goal(Metric metric, boolean atLeast, double bound) {
    private static final double SMALL_FRAMES = 0.5;

    /** The project's, for a case. */
    static List<Goal> of(Flow flow) {
        if (flow.unit() == Unit.TCP) {
            return List.of(new Goal(Metric.RATE, true, 1), new Goal(Metric.COST, false, 1));
        }
        return flow.frameBytes() == Flow.SMALL ? List.of(new Goal(Metric.RATE, true, SMALL_FRAMES)) : List.of();
    }

    /** A ratio that is no number meets nothing. */
    boolean isMetBy(FlowResult result) {
        double ratio = result.ratio(metric);
        return atLeast ? ratio >= bound : ratio <= bound;
    }

    String verdict(FlowResult result) {
        return String.format(Locale.ROOT, "%s  %-10s %s ratio %.2f, %s %.1f", isMetBy(result) ? "PASS" : "MISS", result
                .flow().name(), metric.key(result.flow().unit()), result.ratio(metric), atLeast ? "at least"
                        : "at most", bound);
    }
}
