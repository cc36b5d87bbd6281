package dev.isthmus.e2e;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A histogram in the Prometheus text, summed over all its label sets. */
final class PrometheusHistogram {

    /** How many were at most so long, by upper bound in seconds. */
    private final TreeMap<Double, Double> cumulative = new TreeMap<>();

    private PrometheusHistogram() {
    }

    static PrometheusHistogram of(String text, String name) {
        var histogram = new PrometheusHistogram();
        text.lines().filter(line -> line.startsWith(name + "_bucket{")).forEach(line -> {
            String bound = line.replaceFirst(".*[{,]le=\"([^\"]*)\".*", "$1");
            double count = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            histogram.cumulative.merge(bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                    count, Double::sum);
        });
        return histogram;
    }

    /** The upper bound in seconds of the bucket in which this share of all values is reached; NaN without values. */
    double quantile(double share) {
        double all = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
        return cumulative.entrySet().stream().filter(entry -> all > 0 && entry.getValue() >= share * all)
                .mapToDouble(Map.Entry::getKey).findFirst().orElse(Double.NaN);
    }

    /** One line a bucket that holds something: its upper bound and how many it holds. */
    String describe() {
        var lines = new StringBuilder();
        double below = 0;
        for (Map.Entry<Double, Double> entry : cumulative.entrySet()) {
            if (entry.getValue() > below) {
                lines.append("  up to %12s us: %.0f%n".formatted(micros(entry.getKey()), entry.getValue() - below));
            }
            below = entry.getValue();
        }
        return lines.toString();
    }

    static String micros(double seconds) {
        return Double.isFinite(seconds) ? String.format(Locale.ROOT, "%.0f", seconds * 1e6) : String.valueOf(seconds);
    }
}
