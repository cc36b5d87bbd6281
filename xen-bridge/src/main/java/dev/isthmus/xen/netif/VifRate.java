package dev.isthmus.xen.netif;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a card may send: so many bytes in each so many microseconds. As {@code rate=} of a {@code vif} line makes the
 * node {@code rate}, {@code docs/man/xl-network-configuration.5.pod} of Xen.
 */
public record VifRate(long bytes, long micros) {
    public static final VifRate UNLIMITED = new VifRate(Long.MAX_VALUE, 0);

    private static final Pattern TEXT = Pattern.compile("\\s*(\\d{1,19})\\s*,\\s*(\\d{1,10})\\s*");

    /** Of {@code bytes,microseconds}; empty when it is something else. Either being 0 is no limit, as for netback. */
    public static Optional<VifRate> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            long bytes = Long.parseLong(parts.group(1));
            long micros = Long.parseLong(parts.group(2));
            return Optional.of(bytes == 0 || micros == 0 ? UNLIMITED : new VifRate(bytes, micros));
        } catch (NumberFormatException e) {
            return Optional.of(UNLIMITED);
        }
    }

    boolean isUnlimited() {
        return micros == 0;
    }
}
