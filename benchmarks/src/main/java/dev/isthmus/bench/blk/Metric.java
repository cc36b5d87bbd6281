package dev.isthmus.bench.blk;

import java.util.function.ToDoubleFunction;

/** One of the figures, under the name it has in the JSON. */
enum Metric {
    IOPS("iops", "IOPS", Figures::iops),
    P50("p50_us", "p50 us", Figures::p50Micros),
    P99("p99_us", "p99 us", Figures::p99Micros),
    P999("p999_us", "p99.9 us", Figures::p999Micros),
    CPU("cpu_us_per_io", "CPU us/IO", Figures::cpuMicrosPerIo);

    private final String key;
    private final String title;
    private final ToDoubleFunction<Figures> value;

    Metric(String key, String title, ToDoubleFunction<Figures> value) {
        this.key = key;
        this.title = title;
        this.value = value;
    }

    String key() {
        return key;
    }

    /** At the head of a column. */
    String title() {
        return title;
    }

    double of(Figures figures) {
        return value.applyAsDouble(figures);
    }
}
