package dev.isthmus.bench.load;

/**
 * What came of a load.
 *
 * @param requests counted, all answered OK
 * @param seconds in which they were
 * @param p50Micros median time from the moment a request was made available to the moment its used entry was seen
 * @param p99Micros the same, 99th percentile
 * @param p999Micros the same, 99.9th percentile
 * @param errors requests answered with another status than OK, warm-up included
 * @param checked requests whose data was compared, warm-up included
 * @param mismatches of those, wrong ones
 */
public record LoadResult(
        long requests,
        double seconds,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        long errors,
        long checked,
        long mismatches) {
    public double iops() {
        return requests / seconds;
    }
}
