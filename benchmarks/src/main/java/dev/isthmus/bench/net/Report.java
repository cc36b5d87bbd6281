package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Machine;
import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.TextTable;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is printed at the end. */
final class Report {
    private Report() {}

    static String text(Pin pin, List<FlowResult> results, double others) {
        var lines = new ArrayList<String>();
        lines.add("ours: bin/isthmus-net");
        lines.add("peer: frames: dpdk-testpmd with net_vhost, front-end of both dpdk-testpmd with net_virtio_user;"
                + " TCP: QEMU's own card, in the same guest");
        lines.add("on:   " + Machine.describe() + "; " + pin.describe());
        lines.add("");
        table(results).lines().forEach(lines::add);
        lines.add("");
        lines.add("ratio: ours divided by the peer's, of the medians; spread: of single rounds, least and most");
        lines.add(String.format(Locale.ROOT, "meanwhile others, the kernel's threads included, kept %.2f CPUs busy",
                others));
        results.forEach(result -> Goal.of(result.flow()).forEach(goal -> lines.add(goal.verdict(result))));
        return String.join("\n", lines) + "\n";
    }

    private static String table(List<FlowResult> results) {
        var table = new TextTable(3, List.of("case", "", "", "rate", "CPU"));
        for (FlowResult result : results) {
            for (Side side : Side.values()) {
                table.row(row(side == Side.OURS ? result.flow().name() : "", side.text(), side == Side.OURS ? result
                        .flow().unit().rate() + ", " + result.flow().unit().cost() : "", metric -> Numbers.brief(result
                                .median(side, metric))));
            }
            table.row(row("", "ratio", "", metric -> ratio(result.ratio(metric))));
            table.row(row("", "spread", "", metric -> spread(result.roundRatios(metric))));
        }
        return table.toString();
    }

    private static List<String> row(String name, String what, String unit, Function<Metric, String> cell) {
        return Stream.concat(Stream.of(name, what, unit), Stream.of(Metric.values()).map(cell)).toList();
    }

    private static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
    }

    private static String spread(DoubleSummaryStatistics ratios) {
        return ratio(ratios.getMin()) + ".." + ratio(ratios.getMax());
    }

    /** An array with an object for each case. */
    static String json(List<FlowResult> results) {
        var mapper = JsonMapper.shared();
        var array = mapper.createArrayNode();
        for (FlowResult result : results) {
            ObjectNode cell = array.addObject().put("case", result.flow().name());
            for (Side side : Side.values()) {
                ObjectNode figures = cell.putObject(side.text());
                Stream.of(Metric.values()).forEach(metric -> put(figures, metric.key(result.flow().unit()), result
                        .median(side, metric)));
            }
            ObjectNode ratio = cell.putObject("ratio");
            ObjectNode spread = cell.putObject("spread");
            for (Metric metric : Metric.values()) {
                put(ratio, metric.key(result.flow().unit()), result.ratio(metric));
                DoubleSummaryStatistics ratios = result.roundRatios(metric);
                put(put(spread.putObject(metric.key(result.flow().unit())), "least", ratios.getMin()), "most", ratios
                        .getMax());
            }
            var goals = cell.putArray("goals");
            for (Goal goal : Goal.of(result.flow())) {
                goals.addObject().put("metric", goal.metric().key(result.flow().unit()))
                        .put(goal.atLeast() ? "at_least" : "at_most", goal.bound()).put("met", goal.isMetBy(result));
            }
        }
        return array.toPrettyString() + "\n";
    }

    /** What is no number is null. */
    private static ObjectNode put(ObjectNode node, String key, double value) {
        return Double.isFinite(value) ? node.put(key, value) : node.putNull(key);
    }
}
