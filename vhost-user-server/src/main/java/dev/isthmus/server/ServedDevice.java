package dev.isthmus.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A device of this process, as metrics, health and the management API see it. */
public record ServedDevice(DeviceServer server, DeviceReport report) {
    public String name() {
        return server.device().name();
    }

    /** Why the device is not healthy, a sentence each; empty when it is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(report.problems());
        problems.addAll(QueueProblems.of(name(), server.counters().vrings()));
        long failures = server.counters().failures();
        if (failures > 0) {
            problems.add("Connections ended by a fault of this program: " + failures + "; the log says more.");
        }
        if (server.state() == ConnectionState.ENDED) {
            problems.add("No front-end is served any more.");
        }
        return problems;
    }

    public boolean isHealthy() {
        return problems().isEmpty();
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
