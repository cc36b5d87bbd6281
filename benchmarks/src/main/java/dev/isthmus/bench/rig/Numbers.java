package dev.isthmus.bench.rig;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;

/** Figures of several rounds, and how figures are written. */
public final class Numbers {
    private static final MathContext THREE_DIGITS = new MathContext(3);

    private Numbers() {}

    /** The middle one, or the middle of the two middle ones; NaN of none. */
    public static double median(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** With three significant digits, and k or M from ten thousand on; a dash for what is no number. */
    public static String brief(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        if (Math.abs(value) >= 999_500) {
            return digits(value / 1e6) + "M";
        }
        return Math.abs(value) >= 9_995 ? digits(value / 1e3) + "k" : digits(value);
    }

    private static String digits(double value) {
        return new BigDecimal(value).round(THREE_DIGITS).toPlainString();
    }
}
