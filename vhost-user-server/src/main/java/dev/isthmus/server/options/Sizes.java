package dev.isthmus.server.options;

/** Sizes for people. */
public final class Sizes {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /** Exact: in the largest unit of which it is a whole number, such as 10 GiB or 10241 MiB. */
    public static String describe(long bytes) {
        int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, UNITS.length - 1);
        return (bytes >> 10 * unit) + " " + UNITS[unit];
    }
}
