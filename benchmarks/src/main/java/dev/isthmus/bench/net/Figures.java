package dev.isthmus.bench.net;

/**
 * What was measured of one back-end in one round.
 *
 * @param mpps millions of frames a second, as the front-end counts them
 * @param cpuNanosPerFrame processor time of the back-end, all its threads, for each frame
 */
record Figures(double mpps, double cpuNanosPerFrame) {}
