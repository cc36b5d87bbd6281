package dev.isthmus.server;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A device of this process, as metrics, health and the management API see it. */
public record ServedDevice(DeviceServer server, DeviceReport report) {
    public String name() {
        return server.device().name();
    }

    /** State of the connection first, then what the report adds. */
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("connection", server.state().name().toLowerCase(Locale.ROOT));
        details.put("connections", server.counters().connections());
        details.put("queues", server.device().queueCount());
        details.putAll(report.details());
        return details;
    }
}
