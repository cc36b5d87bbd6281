package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a run of kills found, written anew after each kill, so that a run that was ended says how far it came. */
final class StallReport {

    private static final int BUCKET_MILLIS = 100;

    private final Path file;
    private final String conditions;
    private final Map<KillMoment, Integer> kills = new EnumMap<>(KillMoment.class);
    private final List<Stall> stalls = new ArrayList<>();
    private long resubmitted;
    private int withResubmitted;
    private int secondAttempts;

    StallReport(Path file, String conditions) {
        this.file = file;
        this.conditions = conditions;
    }

    void killed(KillMoment moment) {
        kills.merge(moment, 1, Integer::sum);
    }

    /**
     * A process has recovered.
     *
     * @param connections it needed
     */
    void recovered(long requestsResubmitted, long connections) {
        resubmitted += requestsResubmitted;
        withResubmitted += requestsResubmitted > 0 ? 1 : 0;
        secondAttempts += connections > 1 ? 1 : 0;
    }

    void stalled(Stall stall) {
        stalls.add(stall);
    }

    /** How many processes did requests again. */
    int replays() {
        return withResubmitted;
    }

    /** @param records that the guest knows to be durable */
    void write(int records) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, describe(records));
    }

    private String describe(int records) {
        var text = new StringBuilder(conditions).append('\n');
        text.append(String.format(Locale.ROOT, "%d kills: %d under load, %d while recovering, %d idle%n",
                kills.values().stream().mapToInt(Integer::intValue).sum(), count(KillMoment.LOAD),
                count(KillMoment.RECOVERING), count(KillMoment.IDLE)));
        text.append(String.format(Locale.ROOT,
                "%d requests were done again, by %d processes; %d needed more than one connection;"
                        + " %d records of the oracle%n",
                resubmitted, withResubmitted, secondAttempts, records));
        text.append(String.format(Locale.ROOT, "%d stalls, in ms: %10s %8s %8s%n", stalls.size(), "p50", "p99",
                "longest"));
        for (Stall.Part part : Stall.PARTS) {
            double[] sorted = stalls.stream().mapToDouble(part.millis()).filter(Double::isFinite).sorted().toArray();
            text.append(String.format(Locale.ROOT, "  %-18s %8.1f %8.1f %8.1f%n", part.name(), quantile(sorted, 0.5),
                    quantile(sorted, 0.99), quantile(sorted, 1)));
        }
        return text.append(histogram()).toString();
    }

    private int count(KillMoment moment) {
        return kills.getOrDefault(moment, 0);
    }

    /** The smallest value that this share of all does not exceed. */
    static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private String histogram() {
        var buckets = new TreeMap<Integer, Integer>();
        stalls.forEach(stall -> buckets.merge((int) (stall.whole() / BUCKET_MILLIS), 1, Integer::sum));
        var text = new StringBuilder("the whole, in steps of " + BUCKET_MILLIS + " ms:\n");
        buckets.forEach((bucket, count) -> text.append(String.format(Locale.ROOT, "  from %5d: %4d %s%n",
                bucket * BUCKET_MILLIS, count, "*".repeat(Math.min(count, 80)))));
        return text.toString();
    }
}
