package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Machine;
import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.TextTable;
import dev.isthmus.bench.rig.Tool;
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
    private static final String MEMORY_TITLE = "MB";
    private static final String SPACE_TITLE = "disk MB";

    private Report() {}

    /** Everything. */
    static String text(Settings settings, List<CellResult> results, Comparison comparison, double others) {
        var lines = new ArrayList<>(heading(settings));
        lines.add("");
        table(results).lines().forEach(lines::add);
        lines.add("");
        lines.add("ratio: ours divided by the peer's, of the medians; spread: of single rounds, least and most;"
                + " MB: RssAnon + RssFile; disk MB: what the disk takes");
        lines.add(String.format(Locale.ROOT, "meanwhile others, the kernel's threads included, kept %.2f CPUs busy;"
                + " %d scrapes; the clocks of a server's CPU time differed %d times", others, comparison.scrapes(),
                comparison.clockDisagreements()));
        lines.add("");
        results.forEach(result -> Goal.judge(result).forEach(verdict -> lines.add(verdict.toString())));
        lines.add("");
        return String.join("\n", lines);
    }

    static List<String> heading(Settings settings) {
        return List.of(
                "ours: " + Tool.version(settings.ours().program(), "--version") + ", " + settings.ours().describe(),
                "peer: " + Tool.version(PeerOptions.PROGRAM, "--version") + ", " + settings.peer().describe(),
                "on:   " + Machine.describe() + "; " + settings.pin().describe(),
                "each: " + settings.rounds() + " rounds of " + settings.duration().toMillis() + " ms after "
                        + settings.warmUp().toMillis() + " ms of warm-up; order changes with each round");
    }

    /** The one table. */
    static String table(List<CellResult> results) {
        var header = new ArrayList<>(List.of("case", ""));
        Stream.of(Metric.values()).map(Metric::title).forEach(header::add);
        header.add(MEMORY_TITLE);
        header.add(SPACE_TITLE);
        var table = new TextTable(2, header);
        for (CellResult result : results) {
            for (Side side : Side.values()) {
                table.row(row(side == Side.OURS ? result.cell().name() : "", side.text(),
                        metric -> Numbers.brief(result.median(side, metric)), Numbers.brief(result.megabytes(side)),
                        space(result, side)));
            }
            table.row(row("", "ratio", metric -> ratio(result.ratio(metric)), ratio(result.megabytes(Side.OURS) / result
                    .megabytes(Side.PEER)), result.space().isEmpty() ? "" : ratio(result.spaceRatio())));
            table.row(row("", "spread", metric -> spread(result.roundRatios(metric)), "", ""));
        }
        return table.toString();
    }

    private static List<String> row(String name, String what, Function<Metric, String> cell, String memory,
            String space) {
        return Stream.of(Stream.of(name, what), Stream.of(Metric.values()).map(cell), Stream.of(memory, space))
                .flatMap(Function.identity()).toList();
    }

    private static String space(CellResult result, Side side) {
        return result.space().isEmpty() ? "" : Numbers.brief(result.space().getOrDefault(side, Double.NaN));
    }

    private static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
    }

    private static String spread(DoubleSummaryStatistics ratios) {
        return ratio(ratios.getMin()) + ".." + ratio(ratios.getMax());
    }

    /** An array with an object for each cell. */
    static String json(List<CellResult> results) {
        var mapper = JsonMapper.shared();
        var array = mapper.createArrayNode();
        for (CellResult result : results) {
            ObjectNode cell = array.addObject().put("case", result.cell().name());
            for (Side side : Side.values()) {
                ObjectNode figures = cell.putObject(side.text());
                Stream.of(Metric.values()).forEach(metric -> put(figures, metric.key(), result.median(side, metric)));
                put(figures, "memory_mb", result.megabytes(side));
                if (!result.space().isEmpty()) {
                    put(figures, "space_mb", result.space().getOrDefault(side, Double.NaN));
                }
            }
            ObjectNode ratio = cell.putObject("ratio");
            Stream.of(Metric.values()).forEach(metric -> put(ratio, metric.key(), result.ratio(metric)));
            put(ratio, "memory_mb", result.megabytes(Side.OURS) / result.megabytes(Side.PEER));
            ObjectNode spread = cell.putObject("spread");
            for (Metric metric : Metric.values()) {
                DoubleSummaryStatistics ratios = result.roundRatios(metric);
                put(put(spread.putObject(metric.key()), "least", ratios.getMin()), "most", ratios.getMax());
            }
            var goals = cell.putArray("goals");
            for (Goal.Verdict verdict : Goal.judge(result)) {
                goals.addObject().put("metric", verdict.goal().metric().key())
                        .put(verdict.goal().atLeast() ? "at_least" : "at_most", verdict.goal().bound())
                        .put("met", verdict.met());
            }
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
    }

    /** JSON has no infinity and nothing that is no number. */
    private static ObjectNode put(ObjectNode object, String key, double value) {
        return Double.isFinite(value) ? object.put(key, value) : object.putNull(key);
    }
}
