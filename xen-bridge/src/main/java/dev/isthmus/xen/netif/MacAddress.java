package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An Ethernet address of one card.
 *
 * @param value its bytes, the first lowest: as they lie in a frame, read little-endian
 */
public record MacAddress(long value) {
    static final int BYTES = 6;

    private static final Pattern TEXT = Pattern.compile("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
    private static final int MULTICAST = 1;

    /** Of {@code 00:16:3e:01:02:03}; empty when it is none, or one of many. */
    public static Optional<MacAddress> parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        long value = 0;
        for (int i = 0; i < BYTES; i++) {
            value |= Long.parseLong(text, 3 * i, 3 * i + 2, 16) << 8 * i;
        }
        return (value & MULTICAST) != 0 || value == 0 ? Optional.empty() : Optional.of(new MacAddress(value));
    }

    /** Whether that is what lies there. */
    boolean isAt(long address) {
        return (HostMemory.u32(address) | (long) HostMemory.u16(address + 4) << 32) == value;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%02x:%02x:%02x:%02x:%02x:%02x", value & 0xff, value >> 8 & 0xff,
                value >> 16 & 0xff, value >> 24 & 0xff, value >> 32 & 0xff, value >> 40 & 0xff);
    }
}
