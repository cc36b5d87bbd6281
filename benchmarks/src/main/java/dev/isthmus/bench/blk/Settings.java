package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Pin;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How it is measured.
 *
 * @param rounds in each, both servers are measured once
 * @param think of a client that sleeps, between one request and the next at depth 1
 * @param warmUp before each measurement
 * @param duration of each measurement
 * @param firstWarmUp of both servers before a cell's first round
 * @param disk a directory on the disk that holds thin disks; null for that of temporary files
 */
record Settings(
        int rounds,
        Duration think,
        Duration warmUp,
        Duration duration,
        Duration firstWarmUp,
        Pin pin,
        OurOptions ours,
        PeerOptions peer,
        @Nullable Path disk) {
    /** To connect and to end costs a little, too. */
    private static final double BESIDE_SECONDS = 0.15;
    /** To start servers and to fill their images. */
    private static final double STORE_SECONDS = 8;

    /** About how long so many cells of so many stores take. */
    Duration estimate(long cells, long stores) {
        double measurement = seconds(warmUp) + seconds(duration) + BESIDE_SECONDS;
        double cell = 2 * (seconds(firstWarmUp) + BESIDE_SECONDS + rounds * measurement);
        return Duration.ofMillis((long) (1000 * (cells * cell + stores * STORE_SECONDS)));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
