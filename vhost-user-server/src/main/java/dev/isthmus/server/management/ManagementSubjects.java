package dev.isthmus.server.management;

import dev.isthmus.server.DeviceHealth;
import dev.isthmus.server.DeviceMetrics;
import dev.isthmus.server.ServedDevice;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.CompositeHealthContributor;

/**
 * What is managed.
 *
 * @param deviceTypeMetrics what the process counts beside what is counted about any device
 */
record ManagementSubjects(List<ServedDevice> devices, MultiCollector deviceTypeMetrics) {
    List<MultiCollector> collectors() {
        List<MultiCollector> collectors = new ArrayList<>();
        collectors.add(DeviceMetrics.of(devices));
        collectors.add(deviceTypeMetrics);
        return collectors;
    }

    CompositeHealthContributor health() {
        Map<String, DeviceHealth> health = new LinkedHashMap<>();
        devices.forEach(device -> health.put(device.name(), DeviceHealth.of(device)));
        return CompositeHealthContributor.fromMap(health);
    }
}
