package dev.isthmus.server.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The value of one {@code --device}: {@code key=value,...}; a comma inside a value is written twice, as in QEMU's
 * options.
 */
final class DeviceOption {
    private DeviceOption() {}

    /** @param source how messages name this option */
    static Map<DeviceKey, Written> parse(DeviceKeys keys, String source, String text) {
        Map<DeviceKey, Written> values = new LinkedHashMap<>();
        for (String part : split(text)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            DeviceKey key = keys.find(name);
            if (key == null) {
                throw new PropertyException(source, "unknown key \"" + name + "\"; known are " + keys.known());
            }
            if (equals < 0 && !key.isSwitch()) {
                throw new PropertyException(source + ", " + name, "has no value");
            }
            var value = new Written(source + ", " + name, equals < 0 ? "on" : part.substring(equals + 1));
            if (values.put(key, value) != null) {
                throw new PropertyException(value.property(), "is given twice");
            }
        }
        return values;
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        var part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ',') {
                part.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
                part.append(c);
                i++;
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
