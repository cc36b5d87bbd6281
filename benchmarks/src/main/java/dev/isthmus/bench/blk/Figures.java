package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadResult;

/**
 * What was measured of one server in one round.
 *
 * @param cpuMicrosPerIo processor time of the server, all its threads, for each request
 */
record Figures(double iops, double p50Micros, double p99Micros, double p999Micros, double cpuMicrosPerIo) {
    static Figures of(LoadResult result, long serverNanos) {
        return new Figures(result.iops(), result.p50Micros(), result.p99Micros(), result.p999Micros(),
                serverNanos / 1e3 / result.requests());
    }
}
