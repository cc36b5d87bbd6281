package dev.isthmus.server.options;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys a back-end knows, in the order of its help. */
public record DeviceKeys(List<DeviceKey> all) {
    public DeviceKeys {
        all = List.copyOf(all);
    }

    /** A back-end's own keys among those of every device. */
    public static DeviceKeys of(DeviceKey... own) {
        return new DeviceKeys(CommonKey.around(List.of(own)));
    }

    @Nullable
    DeviceKey find(String text) {
        for (DeviceKey key : all) {
            if (key.text().equals(text)) {
                return key;
            }
        }
        return null;
    }

    /** The names of all keys, for a message. */
    String known() {
        return names(key -> true);
    }

    String knownShared() {
        return names(DeviceKey::isShared);
    }

    private String names(Predicate<DeviceKey> which) {
        return all.stream().filter(which).map(DeviceKey::text).collect(Collectors.joining(", "));
    }
}
