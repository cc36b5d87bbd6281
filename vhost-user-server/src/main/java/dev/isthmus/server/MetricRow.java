package dev.isthmus.server;

import io.prometheus.metrics.model.snapshots.Labels;

/** Something that is counted, and the labels of its line in a scrape. */
public record MetricRow<T>(Labels labels, T subject) {}
