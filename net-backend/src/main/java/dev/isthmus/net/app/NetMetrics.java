package dev.isthmus.net.app;

import dev.isthmus.counters.Counter;
import dev.isthmus.net.BatchHistogram;
import dev.isthmus.net.ControlCounters;
import dev.isthmus.net.DropCause;
import dev.isthmus.net.NetQueueCounters;
import dev.isthmus.server.DeviceMetrics;
import dev.isthmus.server.MetricFamily;
import dev.isthmus.server.MetricFamily.Histogram.Sizes;
import dev.isthmus.server.MetricRow;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of what is counted about network devices; read when a scrape asks. Directions are the guest's: what it
 * transmits and what it receives; a queue is a pair, from 0. Kicks and notifications are in {@link DeviceMetrics}, by
 * the numbers of virtio: 2N receives and 2N+1 transmits for pair N.
 */
final class NetMetrics implements MultiCollector {
    private static final int RINGS_OF_A_PAIR = 2;
    private static final double[] BATCH_BOUNDS =
            IntStream.range(0, BatchHistogram.BUCKETS).mapToDouble(BatchHistogram::upperBound).toArray();

    private static final List<MetricFamily<NetQueueCounters>> QUEUE = List.of(
            new MetricFamily.Counter<>("isthmus_net_frames", "Frames moved.", c -> c.frames.get()),
            new MetricFamily.Counter<>("isthmus_net_bytes", "Bytes of these frames, from the Ethernet header on.",
                    c -> c.bytes.get()),
            new MetricFamily.Counter<>("isthmus_net_gso_frames",
                    "Those of these frames that hold more than one segment, and leave segmenting to who gets them.",
                    c -> c.segmented.get()),
            new MetricFamily.Histogram<>("isthmus_net_batch_frames",
                    "Frames, moved or dropped, of one turn of the queue's worker.", c -> sizes(c.batches)));

    private static final MetricFamily<Counter> DROPS = new MetricFamily.Counter<>("isthmus_net_drops",
            "Frames dropped, by cause; of a queue for receiving also buffers that cannot be used.", Counter::get);

    private static final MetricFamily<Counter> COMMANDS = new MetricFamily.Counter<>("isthmus_net_control_commands",
            "Commands of the control queue, where a front-end passes it on.", Counter::get);

    private final List<ServedNetDevice> devices;

    NetMetrics(List<ServedNetDevice> devices) {
        this.devices = List.copyOf(devices);
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricRow<NetQueueCounters>> queues = new ArrayList<>();
        List<MetricRow<Counter>> drops = new ArrayList<>();
        List<MetricRow<Counter>> commands = new ArrayList<>();
        for (ServedNetDevice served : devices) {
            Labels labels = Labels.of("device", served.device().name());
            List<NetQueueCounters> counters = served.device().counters();
            for (int ring = 0; ring < counters.size(); ring++) {
                int pair = ring / RINGS_OF_A_PAIR;
                // Shown with both directions, so that each has its zero.
                if (isShown(served, pair)) {
                    Labels queue = DeviceMetrics.ofQueue(labels, pair)
                            .add("direction", ring % RINGS_OF_A_PAIR == 0 ? "receive" : "transmit");
                    queues.add(new MetricRow<>(queue, counters.get(ring)));
                    drops.addAll(dropsOf(queue, counters.get(ring)));
                }
            }
            commands.addAll(commandsOf(labels, served.device().control()));
        }
        List<MetricSnapshot> snapshots = new ArrayList<>();
        QUEUE.forEach(family -> snapshots.add(family.snapshot(queues)));
        snapshots.add(DROPS.snapshot(drops));
        snapshots.add(COMMANDS.snapshot(commands));
        return new MetricSnapshots(snapshots);
    }

    private static boolean isShown(ServedNetDevice served, int pair) {
        int receive = pair * RINGS_OF_A_PAIR;
        return DeviceMetrics.isShown(served.served(), receive) || DeviceMetrics.isShown(served.served(), receive + 1);
    }

    private static List<MetricRow<Counter>> dropsOf(Labels queue, NetQueueCounters counters) {
        List<MetricRow<Counter>> rows = new ArrayList<>();
        for (DropCause cause : DropCause.values()) {
            Counter counter = counters.drops(cause);
            if (cause != DropCause.NONE && DeviceMetrics.isShown(queue, counter.get())) {
                rows.add(new MetricRow<>(queue.add("cause", DeviceMetrics.lowerCase(cause)), counter));
            }
        }
        return rows;
    }

    private static List<MetricRow<Counter>> commandsOf(Labels labels, ControlCounters control) {
        return List.of(new MetricRow<>(labels.add("result", "ok"), control.accepted),
                new MetricRow<>(labels.add("result", "error"), control.refused),
                new MetricRow<>(labels.add("result", "unusable"), control.unusable));
    }

    private static Sizes sizes(BatchHistogram batches) {
        long[] counts = IntStream.range(0, BatchHistogram.BUCKETS).mapToLong(batches::count).toArray();
        return new Sizes(BATCH_BOUNDS, counts, batches.sum());
    }
}
