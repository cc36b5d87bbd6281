package dev.isthmus.xen.app;

import dev.isthmus.counters.Counter;
import dev.isthmus.server.MetricFamily;
import dev.isthmus.server.MetricRow;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.bridge.DeviceCounters;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The names of what is counted about guests' devices; read when a scrape asks. A device's counters begin when it is
 * opened.
 */
final class BridgeMetrics {
    private static final List<MetricFamily<DeviceView>> DEVICE = List.of(
            new MetricFamily.Gauge<>("isthmus_xen_device_healthy", "1 while no problem is known, else 0.",
                    d -> d.problems().isEmpty() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_xen_device_connected", "1 while the guest's rings are served, else 0.",
                    d -> d.isConnected() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_xen_backend_connected", "1 while the device's back-end is there, else 0.",
                    d -> d.isBackendConnected() ? 1 : 0));

    private static final List<MetricFamily<DeviceCounters>> COMMON = List.of(
            common("isthmus_xen_ring_faults", "Rings no longer served because the guest broke a rule.",
                    c -> c.ringFaults),
            common("isthmus_xen_grant_copies", "Copies to and from pages of the guest.", c -> c.grantCopies),
            common("isthmus_xen_grant_copy_batches", "Times such copies were made.", c -> c.grantCopyBatches),
            common("isthmus_xen_grant_copies_failed", "Copies that Xen refused.", c -> c.failedCopies),
            common("isthmus_xen_events_received", "Events from the guest.", c -> c.eventsReceived),
            common("isthmus_xen_events_sent", "Events to the guest.", c -> c.eventsSent),
            common("isthmus_xen_events_suppressed", "Responses of which the guest wanted no event.",
                    c -> c.eventsSuppressed),
            common("isthmus_xen_backend_connects", "Times a back-end was connected.", c -> c.backendConnects),
            common("isthmus_xen_backend_losses", "Times a connected back-end went away.", c -> c.backendLosses));

    private static final List<MetricFamily<BlkifCounters>> DISK = List.of(
            counter("isthmus_xen_errors", "Requests answered with an error, whatever the reason.", c -> c.errors),
            counter("isthmus_xen_unsupported", "Requests answered as not supported.", c -> c.unsupported),
            counter("isthmus_xen_faults", "Requests refused because the guest broke a rule; among the errors.",
                    c -> c.faults),
            counter("isthmus_xen_resubmitted",
                    "Requests executed again after a back-end or a predecessor of this process went away.",
                    c -> c.resubmitted),
            new MetricFamily.Gauge<>("isthmus_xen_in_flight_requests", "Requests taken and not answered yet.",
                    c -> c.inFlight.get()));

    private static final MetricFamily<Counter> REQUESTS = new MetricFamily.Counter<>("isthmus_xen_requests",
            "Requests answered, whatever the status.", Counter::get);

    private static final MetricFamily<Counter> BYTES = new MetricFamily.Counter<>("isthmus_xen_bytes",
            "Bytes of reads and writes that were answered with success.", Counter::get);

    private BridgeMetrics() {}

    private static MetricFamily<BlkifCounters> counter(String name, String help,
            Function<BlkifCounters, Counter> counter) {
        return new MetricFamily.Counter<>(name, help, counters -> counter.apply(counters).get());
    }

    private static MetricFamily<DeviceCounters> common(String name, String help,
            Function<DeviceCounters, Counter> counter) {
        return new MetricFamily.Counter<>(name, help, counters -> counter.apply(counters).get());
    }

    /** One scrape. */
    static MetricSnapshots of(List<DeviceView> devices) {
        List<MetricRow<DeviceView>> rows = new ArrayList<>();
        List<MetricRow<DeviceCounters>> common = new ArrayList<>();
        List<MetricRow<BlkifCounters>> disks = new ArrayList<>();
        CardMetrics cards = new CardMetrics();
        List<MetricRow<Counter>> requests = new ArrayList<>();
        List<MetricRow<Counter>> bytes = new ArrayList<>();
        for (DeviceView device : devices) {
            Labels labels = Labels.of("device", device.id().toString(), "domain",
                    Integer.toString(device.id().domain()));
            rows.add(new MetricRow<>(labels, device));
            device.card().ifPresent(counters -> {
                common.add(new MetricRow<>(labels, counters.device));
                cards.add(labels, counters);
            });
            device.disk().ifPresent(counters -> {
                common.add(new MetricRow<>(labels, counters.device));
                disks.add(new MetricRow<>(labels, counters));
                requests.add(operation(labels, "read", counters.reads));
                requests.add(operation(labels, "write", counters.writes));
                requests.add(operation(labels, "flush", counters.flushes));
                requests.add(operation(labels, "barrier", counters.barriers));
                requests.add(operation(labels, "discard", counters.discards));
                bytes.add(operation(labels, "read", counters.readBytes));
                bytes.add(operation(labels, "write", counters.writtenBytes));
            });
        }
        List<MetricSnapshot> snapshots = new ArrayList<>();
        DEVICE.forEach(family -> snapshots.add(family.snapshot(rows)));
        snapshots.add(REQUESTS.snapshot(requests));
        snapshots.add(BYTES.snapshot(bytes));
        DISK.forEach(family -> snapshots.add(family.snapshot(disks)));
        COMMON.forEach(family -> snapshots.add(family.snapshot(common)));
        snapshots.addAll(cards.snapshots());
        snapshots.addAll(ProcessMetrics.snapshots());
        return new MetricSnapshots(snapshots);
    }

    private static MetricRow<Counter> operation(Labels labels, String operation, Counter counter) {
        return new MetricRow<>(labels.add("operation", operation), counter);
    }
}
