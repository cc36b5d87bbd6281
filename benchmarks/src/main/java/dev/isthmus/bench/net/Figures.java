package dev.isthmus.bench.net;

/**
 * What was measured of one back-end in one round, in the case's {@link Unit}.
 *
 * @param rate what it moved in a second
 * @param cost processor time for what it moved
 */
record Figures(double rate, double cost) {}
