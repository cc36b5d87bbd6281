package dev.isthmus.net.app;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** The names of what is counted about network devices; read when a scrape asks. */
final class NetMetrics implements MultiCollector {
    private final List<ServedNetDevice> devices;

    NetMetrics(List<ServedNetDevice> devices) {
        this.devices = List.copyOf(devices);
    }

    @Override
    public MetricSnapshots collect() {
        assert !devices.isEmpty();
        return new MetricSnapshots();
    }
}
