package dev.isthmus.server.options;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was written about one device, as text, and how each kind of text is read. Every refusal names the property as
 * the operator wrote it.
 */
public final class DeviceValues {
    private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)");
    private static final String SIZE_UNITS = "KMGT";
    private static final Pattern CPU_RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
    private static final int CPUS_MAX = 1024;

    private final String source;
    private final Map<DeviceKey, Written> values;

    /**
     * @param source how messages name the device as a whole
     * @param shared what was written for all devices; {@code own} goes before it
     */
    DeviceValues(String source, Map<DeviceKey, Written> own, Map<DeviceKey, Written> shared) {
        this.source = source;
        this.values = new LinkedHashMap<>();
        this.values.putAll(shared);
        this.values.putAll(own);
    }

    /** How messages name the device as a whole. */
    public String source() {
        return source;
    }

    /** What to throw when a value, or that it is missing, cannot be meant. */
    public PropertyException refuse(DeviceKey key, String problem) {
        Written value = values.get(key);
        return new PropertyException(value == null ? source + ", " + key.text() : value.property(), problem);
    }

    public boolean has(DeviceKey key) {
        return values.containsKey(key);
    }

    /** As it was written; null if it was not. */
    public @Nullable String text(DeviceKey key) {
        Written value = values.get(key);
        return value == null ? null : value.text();
    }

    public boolean onOff(DeviceKey key, boolean otherwise) {
        String value = text(key);
        if (value == null) {
            return otherwise;
        }
        return switch (value) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw refuse(key, "\"" + value + "\" is neither on nor off");
        };
    }

    /** A whole number from {@code least} to {@code most}. */
    public int number(DeviceKey key, int least, int most, int otherwise) {
        String value = text(key);
        if (value == null) {
            return otherwise;
        }
        long number = DIGITS.matcher(value).matches() ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            throw refuse(key, "\"" + value + "\" is no number from " + least + " to " + most);
        }
        return (int) number;
    }

    /** An amount from {@code least} to {@code most}. */
    public long bytes(DeviceKey key, long least, long most, long otherwise) {
        String value = text(key);
        if (value == null) {
            return otherwise;
        }
        long bytes = parseBytes(value);
        if (bytes < least || bytes > most) {
            throw refuse(key, "\"" + value + "\" is no amount of at least " + Sizes.describe(least)
                    + ", such as 64M");
        }
        return bytes;
    }

    /** An amount such as 64M in bytes; 0 if it is none. */
    public static long parseBytes(String text) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            return 0;
        }
        int shift = size.group(2).isEmpty() ? 0 : 10 * (SIZE_UNITS.indexOf(size.group(2)) + 1);
        long number = Long.parseLong(size.group(1));
        return number > Long.MAX_VALUE >> shift ? 0 : number << shift;
    }

    /** Numbers and ranges, separated by commas or colons: the comma separates keys in {@code --device}. */
    public List<Integer> cpus(DeviceKey key) {
        String value = text(key);
        List<Integer> cpus = new ArrayList<>();
        if (value == null || value.isEmpty()) {
            return cpus;
        }
        for (String part : value.split("[,:]", -1)) {
            var range = CPU_RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw refuse(key, "\"" + value + "\" is no list of CPUs, such as 2,4-5");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first || last >= CPUS_MAX) {
                throw refuse(key, "\"" + part + "\" is no range of CPUs from 0 to " + (CPUS_MAX - 1));
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    /** Of a text that was written as {@code key}. */
    public Path path(DeviceKey key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refuse(key, "is no path: " + e.getReason());
        }
    }
}
