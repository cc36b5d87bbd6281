package dev.isthmus.xen.app;

import dev.isthmus.server.MetricFamily;
import dev.isthmus.server.MetricRow;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.DoubleSupplier;

/** A few figures of the process itself, under the names the other processes have them. */
final class ProcessMetrics {
    private static final long STARTED_NANOS = System.nanoTime();

    private static final MetricFamily<DoubleSupplier> UPTIME = new MetricFamily.Gauge<>("process_uptime_seconds",
            "The uptime of the process.", DoubleSupplier::getAsDouble);

    private static final MetricFamily<DoubleSupplier> MEMORY = new MetricFamily.Gauge<>("jvm_memory_used_bytes",
            "The amount of used memory.", DoubleSupplier::getAsDouble);

    private static final MetricFamily<DoubleSupplier> THREADS = new MetricFamily.Gauge<>("jvm_threads_live_threads",
            "The current number of live threads.", DoubleSupplier::getAsDouble);

    private ProcessMetrics() {}

    static List<MetricSnapshot> snapshots() {
        return List.of(
                UPTIME.snapshot(row(Labels.EMPTY, () -> (System.nanoTime() - STARTED_NANOS) / 1e9)),
                MEMORY.snapshot(row(Labels.of("area", "heap"),
                        () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory())),
                THREADS.snapshot(row(Labels.EMPTY, ProcessMetrics::threads)));
    }

    /** java.lang.management would know as well, and load hundreds of classes. */
    private static double threads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group.activeCount();
    }

    private static List<MetricRow<DoubleSupplier>> row(Labels labels, DoubleSupplier value) {
        return List.of(new MetricRow<>(labels, value));
    }
}
