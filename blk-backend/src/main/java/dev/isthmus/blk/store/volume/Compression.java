package dev.isthmus.blk.store.volume;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a volume's blocks are stored. Each block that gains nothing by it is stored as it is. */
public enum Compression {
    /** The default: costs about a tenth of what writing to a disk does. */
    LZ4,
    /** Smaller, at several times the CPU time. */
    ZSTD, NONE;

    /** As in options and in a volume's header. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException in a sentence */
    public static Compression of(String text) {
        for (Compression compression : values()) {
            if (compression.text().equals(text)) {
                return compression;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is none of " + Arrays.stream(values()).map(
                Compression::text).collect(Collectors.joining(", ")));
    }
}
