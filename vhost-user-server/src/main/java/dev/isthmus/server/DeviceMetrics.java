package dev.isthmus.server;

import dev.isthmus.counters.LatencyHistogram;
import dev.isthmus.server.MetricFamily.Counter;
import dev.isthmus.server.MetricFamily.Gauge;
import dev.isthmus.server.MetricFamily.Latency;
import dev.isthmus.vhostuser.ProtocolViolation;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.vring.RecoveryTimes;
import dev.isthmus.vring.VringCounters;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names of what is counted about every device and its vrings; read when a scrape asks. */
public final class DeviceMetrics implements MultiCollector {
    private static final String QUEUE = "queue";
    private static final int FIRST_QUEUE = 0;

    private static final List<MetricFamily<ServedDevice>> DEVICE = List.of(
            new Counter<>("isthmus_device_connections", "Front-ends that have connected.",
                    d -> d.server().counters().connections()),
            new Counter<>("isthmus_device_connect_failures", "Attempts to connect to a front-end that failed.",
                    d -> d.server().counters().connectFailures()),
            new Counter<>("isthmus_device_socket_errors", "Connections that ended with a failed system call.",
                    d -> d.server().counters().socketErrors()),
            new Counter<>("isthmus_device_start_failures", "Connections that ended because the device could not start.",
                    d -> d.server().counters().startFailures()),
            new Counter<>("isthmus_device_failures", "Connections that ended because of a fault of this program.",
                    d -> d.server().counters().failures()),
            new Counter<>("isthmus_device_memory_lost",
                    "Connections that ended because the file behind guest memory was truncated.",
                    d -> d.server().counters().lostMemory()),
            new Gauge<>("isthmus_device_connected", "1 while a front-end is connected, else 0.",
                    d -> d.server().state() == ConnectionState.CONNECTED ? 1 : 0),
            new Gauge<>("isthmus_device_healthy", "1 while the device serves and knows of no problem, else 0.",
                    d -> d.isHealthy() ? 1 : 0));

    private static final MetricFamily<RecoveryPhase> RECOVERY = new Latency<>("isthmus_device_recovery_seconds",
            "Time from listening, or from the last front-end's end, until one connected (connect), from there until its"
                    + " first vring started (configure), and from there until the first answer on a vring with requests"
                    + " a predecessor had left (replay).",
            RecoveryPhase::times);

    private static final List<MetricFamily<VringCounters>> VRING = List.of(
            new Counter<>("isthmus_vring_kicks", "Times a kick woke the worker.", v -> v.kicks.get()),
            new Counter<>("isthmus_vring_notifications_sent", "Used buffer notifications sent to the driver.",
                    v -> v.notificationsSent.get()),
            new Counter<>("isthmus_vring_notifications_suppressed",
                    "Used buffer notifications the driver did not want.",
                    v -> v.notificationsSuppressed.get()),
            new Counter<>("isthmus_vring_chains", "Descriptor chains taken from the available ring.",
                    v -> v.chainsTaken.get()),
            new Counter<>("isthmus_vring_resubmitted",
                    "Descriptor chains a predecessor had taken and not handed back, taken again.",
                    v -> v.resubmitted.get()),
            new Gauge<>("isthmus_vring_in_flight_chains", "Descriptor chains taken and not handed back yet.",
                    v -> v.inFlight.get()),
            new Counter<>("isthmus_vring_not_taken_looks",
                    "Times the watchdog saw a chain that had been available since its look 100 ms before.",
                    v -> v.notTakenLooks.get()),
            new Counter<>("isthmus_vring_lost_wakeups",
                    "Times a chain was available for untaken-ms while the worker slept; if it was kicked, a fault.",
                    v -> v.lostWakeups.get()),
            new Gauge<>("isthmus_vring_untaken", "1 while that lasts, else 0.",
                    v -> v.untakenNanos.get() > 0 ? 1 : 0),
            new Counter<>("isthmus_vring_stalls", "Times a request was in flight for stalled-s.",
                    v -> v.stalls.get()),
            new Gauge<>("isthmus_vring_stalled", "1 while a request is in flight that long, else 0.",
                    v -> v.stalledNanos.get() > 0 ? 1 : 0));

    private static final MetricFamily<Violations> VIOLATIONS = new Counter<>("isthmus_device_violations",
            "Connections closed because the front-end broke this rule of the protocol.", Violations::count);

    private static final MetricFamily<RingFaults> RING_FAULTS = new Counter<>("isthmus_vring_faults",
            "Times the vring was stopped because of what the driver wrote into it.", RingFaults::count);

    private final List<ServedDevice> devices;

    private DeviceMetrics(List<ServedDevice> devices) {
        this.devices = List.copyOf(devices);
    }

    public static DeviceMetrics of(List<ServedDevice> devices) {
        return new DeviceMetrics(devices);
    }

    private record Violations(DeviceCounters counters, ProtocolViolation.Rule rule) {
        double count() {
            return counters.violations(rule);
        }
    }

    private record RecoveryPhase(DeviceCounters counters, RecoveryTimes.Phase phase) {
        LatencyHistogram times() {
            return counters.recovery().of(phase);
        }
    }

    private record RingFaults(VringCounters counters, ChainFault fault) {
        double count() {
            return counters.faults(fault).get();
        }
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricRow<ServedDevice>> rows = new ArrayList<>();
        List<MetricRow<VringCounters>> vrings = new ArrayList<>();
        List<MetricRow<Violations>> violations = new ArrayList<>();
        List<MetricRow<RecoveryPhase>> recoveries = new ArrayList<>();
        List<MetricRow<RingFaults>> ringFaults = new ArrayList<>();
        for (ServedDevice device : devices) {
            Labels labels = Labels.of("device", device.name());
            rows.add(new MetricRow<>(labels, device));
            for (ProtocolViolation.Rule rule : ProtocolViolation.Rule.values()) {
                violations.add(new MetricRow<>(labels.add("rule", lowerCase(rule)),
                        new Violations(device.server().counters(), rule)));
            }
            for (RecoveryTimes.Phase phase : RecoveryTimes.Phase.values()) {
                recoveries.add(new MetricRow<>(labels.add("phase", lowerCase(phase)),
                        new RecoveryPhase(device.server().counters(), phase)));
            }
            for (MetricRow<VringCounters> vring : vringsOf(device, labels)) {
                vrings.add(vring);
                ringFaultsOf(vring, ringFaults);
            }
        }
        List<MetricSnapshot> snapshots = new ArrayList<>();
        DEVICE.forEach(family -> snapshots.add(family.snapshot(rows)));
        snapshots.add(VIOLATIONS.snapshot(violations));
        snapshots.add(RECOVERY.snapshot(recoveries));
        VRING.forEach(family -> snapshots.add(family.snapshot(vrings)));
        snapshots.add(RING_FAULTS.snapshot(ringFaults));
        return new MetricSnapshots(snapshots);
    }

    private static List<MetricRow<VringCounters>> vringsOf(ServedDevice device, Labels labels) {
        List<MetricRow<VringCounters>> rows = new ArrayList<>();
        List<VringCounters> vrings = device.server().counters().vrings();
        for (int queue = 0; queue < vrings.size(); queue++) {
            if (isShown(device, queue)) {
                rows.add(new MetricRow<>(ofQueue(labels, queue), vrings.get(queue)));
            }
        }
        return rows;
    }

    private static void ringFaultsOf(MetricRow<VringCounters> vring, List<MetricRow<RingFaults>> rows) {
        for (ChainFault fault : ChainFault.values()) {
            if (fault.isOfRing() && isShown(vring.labels(), vring.subject().faults(fault).get())) {
                rows.add(new MetricRow<>(vring.labels().add("fault", lowerCase(fault)),
                        new RingFaults(vring.subject(), fault)));
            }
        }
    }

    /** Labels of a device's queue. */
    public static Labels ofQueue(Labels device, int queue) {
        return device.add(QUEUE, Integer.toString(queue));
    }

    /**
     * Queues that no front-end ever used would be most of a scrape; the first is always there, so that a rate has its
     * zero.
     */
    public static boolean isShown(ServedDevice device, int queue) {
        VringCounters vring = device.server().counters().vrings().get(queue);
        long uses = vring.kicks.get() + vring.chainsTaken.get() + vring.notTakenLooks.get();
        return queue == FIRST_QUEUE || uses > 0;
    }

    /**
     * The same for the kinds of something on a queue: the first queue has a line for each, the others for those there
     * were. 32 devices of 16 queues would be a scrape of ten megabytes otherwise.
     *
     * @param queue made by {@link #ofQueue}
     * @param count of that kind, ever
     */
    public static boolean isShown(Labels queue, long count) {
        return Integer.toString(FIRST_QUEUE).equals(queue.get(QUEUE)) || count > 0;
    }

    /** How a constant is written as the value of a label. */
    public static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
