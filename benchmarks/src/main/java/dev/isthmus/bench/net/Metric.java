package dev.isthmus.bench.net;

import java.util.function.ToDoubleFunction;

/** One of the figures, under the name it has in the JSON. */
enum Metric {
    MPPS("mpps", "Mpps", Figures::mpps), CPU("cpu_ns_per_frame", "CPU ns/frame", Figures::cpuNanosPerFrame);

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

    String title() {
        return title;
    }

    double of(Figures figures) {
        return value.applyAsDouble(figures);
    }
}
