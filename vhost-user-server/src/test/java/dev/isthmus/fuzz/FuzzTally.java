package dev.isthmus.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How often a run met what. One thread. */
public final class FuzzTally {
    private final Map<String, Map<String, long[]>> counts = new TreeMap<>();
    private long cases;
    private long reached;

    /** @param reachedTheDevice whether the case got past all checks that refuse it before the device sees it */
    public void addCase(boolean reachedTheDevice) {
        cases++;
        if (reachedTheDevice) {
            reached++;
        }
    }

    public void add(Enum<?> what) {
        add(what.getDeclaringClass().getSimpleName(), what.name(), 1);
    }

    public void add(String group, String what, long times) {
        counts.computeIfAbsent(group, g -> new TreeMap<>()).computeIfAbsent(what, w -> new long[1])[0] += times;
    }

    public void add(FuzzTally other) {
        cases += other.cases;
        reached += other.reached;
        other.counts.forEach((group, of) -> of.forEach((what, times) -> add(group, what, times[0])));
    }

    public long cases() {
        return cases;
    }

    public long reached() {
        return reached;
    }

    public long of(Enum<?> what) {
        return counts.getOrDefault(what.getDeclaringClass().getSimpleName(), Map.of())
                .getOrDefault(what.name(), new long[1])[0];
    }

    /** Which of these were met less often than {@code times}. */
    public List<String> rarerThan(long times, List<? extends Enum<?>> all) {
        List<String> rare = new ArrayList<>();
        for (Enum<?> one : all) {
            if (of(one) < times) {
                rare.add(one.name() + " " + of(one));
            }
        }
        return rare;
    }

    /** A table. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        counts.forEach((group, of) -> {
            table.append(group).append('\n');
            of.forEach((what, times) -> table.append(
                    String.format(Locale.ROOT, "  %-34s %,12d%n", what, times[0])));
        });
        return table.append(String.format(Locale.ROOT, "cases %,d, of which %,d (%.1f %%) reached the device%n", cases,
                reached, cases == 0 ? 0 : 100.0 * reached / cases)).toString();
    }
}
