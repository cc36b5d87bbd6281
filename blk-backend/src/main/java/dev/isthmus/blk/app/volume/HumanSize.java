package dev.isthmus.blk.app.volume;

import java.util.Locale;

/** Sizes for people: rounded. */
final class HumanSize {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double KIBI = 1024;

    private HumanSize() {}

    static String of(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= KIBI && unit < UNITS.length - 1) {
            value /= KIBI;
            unit++;
        }
        String digits = value == Math.rint(value) ? "%.0f %s" : "%.1f %s";
        return String.format(Locale.ROOT, digits, value, UNITS[unit]);
    }
}
