package dev.isthmus.vring;

import dev.isthmus.loop.Transport;
import dev.isthmus.polling.PollWindow;
import java.util.List;

/**
 * How a device's workers behave.
 *
 * @param workers threads over which the rings of one connection are spread, 1 to {@link Limits#WORKERS_MAX}
 * @param pollMicros how long a worker goes on polling its rings after it had work, at most ({@link PollWindow}); 0 is
 *     purely event-driven
 * @param cpus CPUs to which the workers are bound in turn; empty: no binding
 * @param transport what a worker waits with
 * @param watch when the watchdog speaks
 */
public record WorkerOptions(int workers, long pollMicros, List<Integer> cpus, Transport transport, WatchLimits watch) {
    /** With the usual watchdog. */
    public WorkerOptions(int workers, long pollMicros, List<Integer> cpus, Transport transport) {
        this(workers, pollMicros, cpus, transport, WatchLimits.USUAL);
    }

    public WorkerOptions {
        cpus = List.copyOf(cpus);
        if (workers < 1 || workers > Limits.WORKERS_MAX) {
            throw new IllegalArgumentException("workers is " + workers + ", must be 1 to " + Limits.WORKERS_MAX);
        }
        if (pollMicros < 0 || pollMicros > Limits.POLL_MICROS_MAX) {
            throw new IllegalArgumentException("poll-us is " + pollMicros + ", must be 0 to " + Limits.POLL_MICROS_MAX);
        }
    }
}
