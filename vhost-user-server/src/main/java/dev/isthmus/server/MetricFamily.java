package dev.isthmus.server;

import dev.isthmus.counters.LatencyHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A metric: its name, its help, and how it is read from what counts it. Nothing is kept between scrapes, so a device
 * with sixteen queues costs no memory for the hundreds of lines it has in one.
 *
 * @param <T> what counts
 */
public sealed interface MetricFamily<T> {
    /** One scrape. */
    MetricSnapshot snapshot(List<MetricRow<T>> rows);

    /** @param name without {@code _total}, which a scrape adds */
    record Counter<T>(String name, String help, ToDoubleFunction<T> value) implements MetricFamily<T> {
        @Override
        public MetricSnapshot snapshot(List<MetricRow<T>> rows) {
            CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
            for (MetricRow<T> row : rows) {
                family.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().labels(row.labels())
                        .value(value.applyAsDouble(row.subject())).build());
            }
            return family.build();
        }
    }

    record Gauge<T>(String name, String help, ToDoubleFunction<T> value) implements MetricFamily<T> {
        @Override
        public MetricSnapshot snapshot(List<MetricRow<T>> rows) {
            GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
            for (MetricRow<T> row : rows) {
                family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(row.labels())
                        .value(value.applyAsDouble(row.subject())).build());
            }
            return family.build();
        }
    }

    /** In seconds. */
    record Latency<T>(String name, String help, Function<T, LatencyHistogram> value) implements MetricFamily<T> {
        @Override
        public MetricSnapshot snapshot(List<MetricRow<T>> rows) {
            HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name).help(help);
            for (MetricRow<T> row : rows) {
                LatencyHistogram histogram = value.apply(row.subject());
                family.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder().labels(row.labels())
                        .classicHistogramBuckets(buckets(histogram)).sum(histogram.sumSeconds()).build());
            }
            return family.build();
        }

        private static ClassicHistogramBuckets buckets(LatencyHistogram histogram) {
            double[] bounds = new double[LatencyHistogram.BUCKETS];
            long[] counts = new long[LatencyHistogram.BUCKETS];
            for (int bucket = 0; bucket < LatencyHistogram.BUCKETS; bucket++) {
                bounds[bucket] = LatencyHistogram.upperBoundSeconds(bucket);
                counts[bucket] = histogram.count(bucket);
            }
            return ClassicHistogramBuckets.of(bounds, counts);
        }
    }

    /** Of anything: how many there were of each size. */
    record Histogram<T>(String name, String help, Function<T, Sizes> value) implements MetricFamily<T> {
        /**
         * What a scrape reads.
         *
         * @param upperBounds ascending, the last infinite
         * @param counts of each bucket, not of those below it too
         */
        public record Sizes(double[] upperBounds, long[] counts, double sum) {}

        @Override
        public MetricSnapshot snapshot(List<MetricRow<T>> rows) {
            HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name).help(help);
            for (MetricRow<T> row : rows) {
                Sizes sizes = value.apply(row.subject());
                family.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder().labels(row.labels())
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(sizes.upperBounds, sizes.counts))
                        .sum(sizes.sum).build());
            }
            return family.build();
        }
    }
}
