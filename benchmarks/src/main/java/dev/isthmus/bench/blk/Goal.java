package dev.isthmus.bench.blk;

import java.util.List;
import java.util.Locale;

/**
 * What the ratio of a figure is to be.
 *
 * @param glob of which cells
 * @param atLeast whether the bound is the least that is enough; otherwise the most
 * @param bound of ours divided by the peer's
 */
record Goal(String glob, Metric metric, boolean atLeast, double bound) {
    private static final String EVERY_CELL = "{null,nullfill,tmpfs,direct}-*";

    /** The project's. */
    static final List<Goal> ALL = List.of(
            atLeast("null-randread-4k-d32-poll", Metric.IOPS, 2.0),
            atMost("null-randread-4k-d32-poll", Metric.CPU, 0.5),
            atMost("null-randread-4k-d1-poll", Metric.P50, 0.5),
            atLeast("tmpfs-randread-4k-d32-poll", Metric.IOPS, 1.3),
            atLeast("null-randread-4k-d32-event", Metric.IOPS, 1.2),
            atMost("null-randread-4k-d1-event", Metric.P50, 0.7),
            atLeast("tmpfs-randread-4k-d32-event", Metric.IOPS, 1.0),
            atLeast("direct-rand*", Metric.IOPS, 1.0),
            atLeast("rocksdb-*write-*", Metric.IOPS, 1.0),
            atLeast("rocksdb-*read-*", Metric.IOPS, 0.8),
            atLeast(EVERY_CELL, Metric.IOPS, 0.9));

    private static Goal atLeast(String glob, Metric metric, double bound) {
        return new Goal(glob, metric, true, bound);
    }

    private static Goal atMost(String glob, Metric metric, double bound) {
        return new Goal(glob, metric, false, bound);
    }

    /** Whether a goal of its own, not only that of all, names the cell. */
    static boolean names(Cell cell) {
        return ALL.stream().anyMatch(goal -> !goal.glob.equals(EVERY_CELL) && cell.matches(goal.glob));
    }

    /** How a cell did. */
    record Verdict(Goal goal, CellResult result) {
        double ratio() {
            return result.ratio(goal.metric);
        }

        /** A ratio that is no number meets nothing. */
        boolean met() {
            return goal.atLeast ? ratio() >= goal.bound : ratio() <= goal.bound;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s  %-28s %s ratio %.2f, %s %.1f", met() ? "PASS" : "MISS",
                    result.cell().name(), goal.metric.key(), ratio(), goal.atLeast ? "at least" : "at most",
                    goal.bound);
        }
    }

    /** All goals that apply to a cell. */
    static List<Verdict> judge(CellResult result) {
        return ALL.stream().filter(goal -> result.cell().matches(goal.glob))
                .map(goal -> new Verdict(goal, result)).toList();
    }
}
