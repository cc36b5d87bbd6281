package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * How fast a device is beside one that hangs.
 *
 * @param transport of both
 * @param calmIops of each round, while the other is idle
 * @param hungIops of each round, while the other hangs
 * @param hungProcessors of each round, how many processors the threads of the one that hangs kept busy
 */
record NeighbourResult(String transport, List<Double> calmIops, List<Double> hungIops, List<Double> hungProcessors) {
    /** What must be left of its IOPS. */
    static final double KEPT_LEAST = 0.95;

    /** Of its IOPS, what is left while the other hangs: the median of the rounds. */
    double kept() {
        List<Double> rounds = new ArrayList<>();
        for (int i = 0; i < calmIops.size(); i++) {
            rounds.add(hungIops.get(i) / calmIops.get(i));
        }
        return Numbers.median(rounds);
    }

    boolean isMet() {
        return kept() >= KEPT_LEAST;
    }

    static String table(List<NeighbourResult> results) {
        var table = new TextTable(1, List.of("transport", "IOPS", "IOPS beside a disk that hangs", "kept",
                "CPUs of the one that hangs"));
        for (NeighbourResult result : results) {
            table.row(List.of(result.transport, Numbers.brief(Numbers.median(result.calmIops)),
                    Numbers.brief(Numbers.median(result.hungIops)), String.format(Locale.ROOT, "%.3f", result.kept()),
                    String.format(Locale.ROOT, "%.4f", Numbers.median(result.hungProcessors))));
        }
        return table.toString();
    }

    static String json(List<NeighbourResult> results) {
        ArrayNode array = JsonMapper.shared().createArrayNode();
        for (NeighbourResult result : results) {
            array.addObject().put("transport", result.transport).put("iops", Numbers.median(result.calmIops))
                    .put("iops_beside_hung", Numbers.median(result.hungIops)).put("kept", result.kept())
                    .put("hung_cpus", Numbers.median(result.hungProcessors));
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
    }
}
