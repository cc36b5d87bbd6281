package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.store.limit.Limit;
import dev.isthmus.blk.store.limit.LimitGroups;
import dev.isthmus.blk.store.limit.LimitStore;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much a device may ask of its store, as the management API says it. */
record DeviceLimit(String name, LimitStore store, LimitGroups groups) {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLimit.class);
    private static final String IOPS = "iops";
    private static final String BYTES = "bytes-per-second";
    private static final String BURST = "burst-ms";
    private static final String GROUP = "group";
    private static final Set<String> KEYS = Set.of(IOPS, BYTES, BURST, GROUP);
    private static final long RATE_MAX = 1L << 40;
    private static final long BURST_MILLIS_MAX = 60_000;

    /** Every device of a process has its limit in front of its store. */
    static LimitStore of(BlkDevice device) {
        if (device.store() instanceof LimitStore limits) {
            return limits;
        }
        throw new IllegalStateException(device.name() + " was made without a limit");
    }

    /** @throws IllegalArgumentException with a sentence about what was asked */
    void change(Map<String, String> wanted) {
        for (String key : wanted.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("There is no \"" + key
                        + "\"; there are iops, bytes-per-second, burst-ms and group.");
            }
        }
        String group = wanted.get(GROUP);
        if (group != null && !group.matches("[A-Za-z0-9_.-]{1,63}")) {
            throw new IllegalArgumentException("group \"" + group + "\" is no name.");
        }
        var limit = new Limit(number(wanted, IOPS, 0, RATE_MAX), number(wanted, BYTES, 0, RATE_MAX), number(wanted,
                BURST, Limit.BURST_MILLIS, BURST_MILLIS_MAX));
        groups.set(store, name, group, limit);
        LOG.info("{}: limited by the management API: {}", name, describe());
    }

    String describe() {
        String group = store.group();
        return store.limit() + (group == null || group.startsWith("device ") ? "" : ", " + group);
    }

    private static long number(Map<String, String> wanted, String key, long otherwise, long most) {
        String text = wanted.get(key);
        if (text == null) {
            return otherwise;
        }
        long number = text.matches("\\d{1,15}") ? Long.parseLong(text) : -1;
        if (number < 0 || number > most) {
            throw new IllegalArgumentException(key + " \"" + text + "\" is no number from 0 to " + most + ".");
        }
        return number;
    }
}
