package dev.isthmus.bench.net;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One of the figures. */
enum Metric {
    RATE(Unit::rate, Figures::rate), COST(Unit::cost, Figures::cost);

    private final Function<Unit, String> key;
    private final ToDoubleFunction<Figures> value;

    Metric(Function<Unit, String> key, ToDoubleFunction<Figures> value) {
        this.key = key;
        this.value = value;
    }

    /** Its name in the JSON. */
    String key(Unit unit) {
        return key.apply(unit);
    }

    double of(Figures figures) {
        return value.applyAsDouble(figures);
    }
}
