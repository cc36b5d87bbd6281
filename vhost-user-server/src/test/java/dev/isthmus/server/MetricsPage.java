package dev.isthmus.server;

import dev.isthmus.architecture.SourceTree;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * docs/metrics.md, a section of it for each kind of metrics, between two comments that name it. A test of each
 * back-end gives what it collects, so the page says what the code does.
 */
public final class MetricsPage {
    private static final Path PAGE = SourceTree.root().resolve("docs/metrics.md");
    private static final String WRITE = "isthmus.metrics.write";

    /** What a failed comparison says. */
    public static final String HOW = "docs/metrics.md is not what is collected; make it again: the same test with -D"
            + WRITE + "=true";

    private MetricsPage() {}

    /** What the page says in a section; the expected text, too, if it is to be written now. */
    public static String section(String name, String expected) throws IOException {
        String page = Files.readString(PAGE);
        String begin = "<!-- begin " + name + " -->\n";
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf("<!-- end " + name + " -->", from);
        if (!page.contains(begin) || to < 0) {
            throw new IllegalStateException(PAGE + " has no section " + name);
        }
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, page.substring(0, from) + expected + page.substring(to));
            return expected;
        }
        return page.substring(from, to);
    }

    /** A table of metrics: name, type, labels with the values they can have, meaning. */
    public static String table(MetricSnapshots snapshots) {
        var table = new StringBuilder("| Name | Type | Labels | Meaning |\n|------|------|--------|---------|\n");
        snapshots.stream().sorted(Comparator.comparing(MetricsPage::name)).forEach(metric -> table.append(
                "| `%s` | %s | %s | %s |%n".formatted(name(metric), type(metric), labels(metric), metric.getMetadata()
                        .getHelp())));
        return table.toString();
    }

    private static String name(MetricSnapshot metric) {
        String name = metric.getMetadata().getPrometheusName();
        return metric instanceof CounterSnapshot ? name + "_total" : name;
    }

    private static String type(MetricSnapshot metric) {
        return switch (metric) {
            case CounterSnapshot _ -> "counter";
            case GaugeSnapshot _ -> "gauge";
            case HistogramSnapshot _ -> "histogram";
            default -> throw new IllegalArgumentException(metric.toString());
        };
    }

    private static String labels(MetricSnapshot metric) {
        Map<String, SortedSet<String>> values = new TreeMap<>();
        for (DataPointSnapshot point : metric.getDataPoints()) {
            for (Label label : point.getLabels()) {
                values.computeIfAbsent(label.getName(), _ -> new TreeSet<>()).add(label.getValue());
            }
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name(metric) + " was not collected: its labels are not known");
        }
        var text = new StringBuilder();
        values.forEach((label, all) -> {
            text.append(text.isEmpty() ? "" : ", ").append('`').append(label).append('`');
            // These two are the operator's and the front-end's choice.
            if (!label.equals("device") && !label.equals("queue")) {
                text.append(": ").append(String.join(" ", all));
            }
        });
        return text.toString();
    }
}
