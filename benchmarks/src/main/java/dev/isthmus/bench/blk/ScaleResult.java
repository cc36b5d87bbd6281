package dev.isthmus.bench.blk;

import dev.isthmus.bench.blk.SpreadLoad.Outcome;
import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a spread.
 *
 * @param outcomes by side, of each round
 * @param kilobytes by side, RssAnon + RssFile after the last round
 */
record ScaleResult(Spread spread, Map<Side, List<Outcome>> outcomes, Map<Side, Long> kilobytes) {
    /** What 16 devices may cost for each I/O, of what one costs. */
    static final double GROWTH_MAX = 1.3;

    double cpu(Side side) {
        return Numbers.median(outcomes.getOrDefault(side, List.of()).stream().map(Outcome::cpuMicrosPerIo).toList());
    }

    double iops(Side side) {
        return Numbers.median(outcomes.getOrDefault(side, List.of()).stream().map(Outcome::iops).toList());
    }

    double megabytes(Side side) {
        return kilobytes.getOrDefault(side, 0L) / 1024.0;
    }

    /** CPU per I/O, of what the first one costs. */
    double growth(Side side, ScaleResult first) {
        return cpu(side) / first.cpu(side);
    }

    /** Whether ours grows no more than it may. */
    boolean isMet(ScaleResult first) {
        return !spread.bounded() || growth(Side.OURS, first) <= GROWTH_MAX;
    }

    static String table(List<ScaleResult> results) {
        var table = new TextTable(2, List.of("spread", "", "in flight", "IOPS", "CPU us/IO", "of 1-device", "MB"));
        for (ScaleResult result : results) {
            Spread spread = result.spread;
            for (Side side : Side.values()) {
                table.row(List.of(side == Side.OURS ? spread.name() : "", side.text(),
                        spread.devices() + " x " + spread.queues() + " x " + spread.depth(),
                        Numbers.brief(result.iops(side)), Numbers.brief(result.cpu(side)),
                        String.format(Locale.ROOT, "%.2f", result.growth(side, results.getFirst())),
                        Numbers.brief(result.megabytes(side))));
            }
        }
        return table.toString();
    }

    static String json(List<ScaleResult> results) {
        ArrayNode array = JsonMapper.shared().createArrayNode();
        for (ScaleResult result : results) {
            ObjectNode node = array.addObject().put("case", result.spread.name());
            for (Side side : Side.values()) {
                node.putObject(side.text()).put("iops", result.iops(side)).put("cpu_us_per_io", result.cpu(side))
                        .put("cpu_of_first", result.growth(side, results.getFirst()))
                        .put("memory_mb", result.megabytes(side));
            }
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
    }
}
