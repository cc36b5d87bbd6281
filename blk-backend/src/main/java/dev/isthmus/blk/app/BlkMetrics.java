package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.BlkQueueCounters;
import dev.isthmus.blk.BlkRequestType;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeFigures;
import dev.isthmus.counters.Counter;
import dev.isthmus.server.DeviceMetrics;
import dev.isthmus.server.MetricFamily;
import dev.isthmus.server.MetricRow;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The names of what is counted about block devices; read when a scrape asks. Operations are named as in virtio: "in" is
 * a read.
 */
final class BlkMetrics implements MultiCollector {
    private static final List<MetricFamily<BlkDevice>> DEVICE = List.of(
            new MetricFamily.Gauge<>("isthmus_blk_capacity_bytes", "Capacity the guest sees.",
                    d -> d.store().limits().sizeBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_store_flush_failed",
                    "1 from a failed flush until the image is opened anew, else 0.",
                    d -> d.store().counters().flushFailed() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_blk_store_full",
                    "1 from a write that found no space until some seconds later one succeeds, else 0.",
                    d -> d.store().counters().isFull() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_blk_store_failing",
                    "1 from an I/O error until there was none for some seconds, else 0.",
                    d -> d.store().counters().isFailing() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_blk_store_missing_bytes",
                    "How much shorter the image is than the guest's disk, since somebody cut it off.",
                    d -> d.store().counters().missingBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_limit_iops",
                    "Requests a second the device, or its group, is limited to; 0 without a limit.",
                    d -> DeviceLimit.of(d).limit().iops()),
            new MetricFamily.Gauge<>("isthmus_blk_limit_bytes_per_second",
                    "Bytes a second the device, or its group, is limited to; 0 without a limit.",
                    d -> DeviceLimit.of(d).limit().bytesPerSecond()),
            new MetricFamily.Gauge<>("isthmus_blk_limit_held_requests", "Requests that wait for the limit now.",
                    d -> DeviceLimit.of(d).heldNow()),
            new MetricFamily.Counter<>("isthmus_blk_limit_held", "Requests that ever waited for a limit.",
                    d -> DeviceLimit.of(d).heldEver()));

    private static final MetricFamily<StoreErrors> STORE = new MetricFamily.Counter<>("isthmus_blk_store_errors",
            "Errors of the image: of I/O, of a full file system (no_space), of a flush, of a damaged block (checksum).",
            StoreErrors::count);

    private static final List<MetricFamily<VolumeFigures>> VOLUME = List.of(
            new MetricFamily.Gauge<>("isthmus_blk_volume_live_bytes", "Data files the volume needs, as estimated.",
                    f -> f.liveBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_volume_cache_bytes",
                    "Native memory of cached blocks, indexes and memtables: what volume-memory bounds.",
                    f -> f.cachedBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_volume_memtable_bytes", "Written and in no data file yet.",
                    f -> f.memtableBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_volume_native_bytes", "All native memory RocksDB knows of.",
                    f -> f.nativeBytes()),
            new MetricFamily.Gauge<>("isthmus_blk_volume_write_stopped", "1 while writes wait for compaction, else 0.",
                    f -> f.writeStopped() ? 1 : 0),
            new MetricFamily.Gauge<>("isthmus_blk_volume_resting",
                    "1 once a damaged data file was met: none are rewritten until the volume is opened anew.",
                    f -> f.resting() ? 1 : 0),
            new MetricFamily.Counter<>("isthmus_blk_volume_write_stall_seconds",
                    "Time writes were slowed down or stopped since the volume was opened.",
                    f -> f.stallMicros() / 1e6));

    private static final MetricFamily<BlkQueueCounters> OLDEST = new MetricFamily.Gauge<>(
            "isthmus_blk_oldest_in_flight_seconds", "Age of the oldest request in flight; 0 when there is none.",
            c -> c.oldestAgeNanos(System.nanoTime()) / 1e9);

    private static final List<MetricFamily<Operation>> OPERATION = List.of(
            new MetricFamily.Counter<>("isthmus_blk_requests", "Requests answered, whatever the status.",
                    o -> o.counters().requests(o.type()).get()),
            new MetricFamily.Counter<>("isthmus_blk_errors", "Requests answered with another status than OK.",
                    o -> o.counters().errors(o.type()).get()));

    private static final MetricFamily<Operation> LATENCY = new MetricFamily.Latency<>(
            "isthmus_blk_request_duration_seconds", "Time from taking a request to answering it.",
            o -> o.counters().latency(o.type()));

    private static final MetricFamily<Operation> BYTES = new MetricFamily.Counter<>("isthmus_blk_bytes",
            "Bytes of requests answered OK.", o -> o.counters().bytes(o.type()).get());

    private static final MetricFamily<Counter> FAULTS = new MetricFamily.Counter<>("isthmus_blk_faults",
            "Requests refused because of their descriptor chain or of what they ask.", Counter::get);

    private final List<ServedBlkDevice> devices;

    BlkMetrics(List<ServedBlkDevice> devices) {
        this.devices = List.copyOf(devices);
    }

    private record Operation(BlkQueueCounters counters, BlkRequestType type) {
        /** The rest is answered at once, and its buckets would be lines without news. */
        boolean asksStore() {
            return type != BlkRequestType.GET_ID && type != BlkRequestType.OTHER;
        }

        /** Only these two carry data. */
        boolean hasBytes() {
            return type == BlkRequestType.IN || type == BlkRequestType.OUT;
        }
    }

    private record StoreErrors(BlkDevice device, ToDoubleFunction<StoreCounters> kind) {
        double count() {
            return kind.applyAsDouble(device.store().counters());
        }
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricRow<BlkDevice>> rows = new ArrayList<>();
        List<MetricRow<StoreErrors>> storeErrors = new ArrayList<>();
        List<MetricRow<BlkQueueCounters>> queues = new ArrayList<>();
        List<MetricRow<VolumeFigures>> volumes = new ArrayList<>();
        for (ServedBlkDevice served : devices) {
            Labels labels = Labels.of("device", served.device().name());
            rows.add(new MetricRow<>(labels, served.device()));
            storeErrors.addAll(storeErrorsOf(served.device(), labels));
            queues.addAll(queuesOf(served, labels));
            RocksDbBlockStore volume = DeviceVolume.of(served.device());
            if (volume != null) {
                volumes.add(new MetricRow<>(labels, volume.figures()));
            }
        }
        List<MetricRow<Operation>> operations = new ArrayList<>();
        List<MetricRow<Counter>> faults = new ArrayList<>();
        for (MetricRow<BlkQueueCounters> queue : queues) {
            operations.addAll(operationsOf(queue));
            faults.addAll(faultsOf(queue));
        }
        List<MetricSnapshot> snapshots = new ArrayList<>();
        DEVICE.forEach(family -> snapshots.add(family.snapshot(rows)));
        snapshots.add(STORE.snapshot(storeErrors));
        if (!volumes.isEmpty()) {
            VOLUME.forEach(family -> snapshots.add(family.snapshot(volumes)));
        }
        snapshots.add(OLDEST.snapshot(queues));
        OPERATION.forEach(family -> snapshots.add(family.snapshot(operations)));
        snapshots.add(LATENCY.snapshot(operations.stream().filter(row -> row.subject().asksStore()).toList()));
        snapshots.add(BYTES.snapshot(operations.stream().filter(row -> row.subject().hasBytes()).toList()));
        snapshots.add(FAULTS.snapshot(faults));
        return new MetricSnapshots(snapshots);
    }

    private static List<MetricRow<StoreErrors>> storeErrorsOf(BlkDevice device, Labels labels) {
        return List.of(
                new MetricRow<>(labels.add("kind", "io"), new StoreErrors(device, c -> c.ioErrors())),
                new MetricRow<>(labels.add("kind", "no_space"), new StoreErrors(device, c -> c.noSpaceErrors())),
                new MetricRow<>(labels.add("kind", "flush"), new StoreErrors(device, c -> c.flushErrors())),
                new MetricRow<>(labels.add("kind", "checksum"), new StoreErrors(device, c -> c.checksumErrors())));
    }

    private static List<MetricRow<BlkQueueCounters>> queuesOf(ServedBlkDevice served, Labels labels) {
        List<MetricRow<BlkQueueCounters>> rows = new ArrayList<>();
        List<BlkQueueCounters> counters = served.device().counters();
        for (int queue = 0; queue < counters.size(); queue++) {
            if (DeviceMetrics.isShown(served.served(), queue)) {
                rows.add(new MetricRow<>(DeviceMetrics.ofQueue(labels, queue), counters.get(queue)));
            }
        }
        return rows;
    }

    private static List<MetricRow<Operation>> operationsOf(MetricRow<BlkQueueCounters> queue) {
        List<MetricRow<Operation>> rows = new ArrayList<>();
        for (BlkRequestType type : BlkRequestType.values()) {
            if (DeviceMetrics.isShown(queue.labels(), queue.subject().requests(type).get())) {
                rows.add(new MetricRow<>(queue.labels().add("operation", DeviceMetrics.lowerCase(type)),
                        new Operation(queue.subject(), type)));
            }
        }
        return rows;
    }

    private static List<MetricRow<Counter>> faultsOf(MetricRow<BlkQueueCounters> queue) {
        List<MetricRow<Counter>> rows = new ArrayList<>();
        queue.subject().forEachFault((fault, counter) -> {
            if (DeviceMetrics.isShown(queue.labels(), counter.get())) {
                rows.add(new MetricRow<>(queue.labels().add("fault", DeviceMetrics.lowerCase(fault)), counter));
            }
        });
        return rows;
    }
}
