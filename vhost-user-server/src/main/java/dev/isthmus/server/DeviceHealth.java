package dev.isthmus.server;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** UP while the device can be reached by a front-end or has one, and no problem is known. */
public final class DeviceHealth implements HealthIndicator {
    private final ServedDevice device;

    private DeviceHealth(ServedDevice device) {
        this.device = device;
    }

    public static DeviceHealth of(ServedDevice device) {
        return new DeviceHealth(device);
    }

    @Override
    public Health health() {
        List<String> problems = device.problems();
        Health.Builder health = problems.isEmpty() ? Health.up() : Health.down();
        device.details().forEach(health::withDetail);
        if (!problems.isEmpty()) {
            health.withDetail("problems", problems);
        }
        return health.build();
    }
}
