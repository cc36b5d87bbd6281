package dev.isthmus.bench.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * One load on one device.
 *
 * @param socket where the back-end listens; one connection is made for the load
 * @param queues virtqueues that are used, 1 to 16; one thread drives all of them
 * @param depth requests in flight in each queue, 1 to 256
 * @param pattern which requests
 * @param blockBytes bytes of each request, a multiple of 512
 * @param poll whether the client looks at the used rings all the time and asks for no notification; otherwise it sleeps
 *     on the call eventfds
 * @param think from the answer to a request until the next is made available; only a client that sleeps and has one
 *     request in flight thinks
 * @param warmUp load before anything is counted
 * @param duration how long is counted
 * @param cpu to which the client's thread is bound, or -1
 * @param check what a sample of the data read is compared with
 * @param seed of the random offsets
 * @param flushEvery after so many writes of a queue the next request is a flush; 0: never
 */
public record LoadSpec(
        Path socket,
        int queues,
        int depth,
        LoadPattern pattern,
        int blockBytes,
        boolean poll,
        Duration think,
        Duration warmUp,
        Duration duration,
        int cpu,
        LoadCheck check,
        long seed,
        int flushEvery) {

    /**
     * Less than a guest's way from the interrupt to the program and back. Without it, a back-end that is still busy
     * notifying finds the next request already there, and neither side ever sleeps, which no guest brings about.
     */
    public static final Duration THINK = Duration.ofNanos(5_000);

    /** A load without flushes. */
    public LoadSpec(Path socket, int queues, int depth, LoadPattern pattern, int blockBytes, boolean poll,
            Duration think, Duration warmUp, Duration duration, int cpu, LoadCheck check, long seed) {
        this(socket, queues, depth, pattern, blockBytes, poll, think, warmUp, duration, cpu, check, seed, 0);
    }

    /** The same with flushes. */
    public LoadSpec withFlushes(int every) {
        return new LoadSpec(socket, queues, depth, pattern, blockBytes, poll, think, warmUp, duration, cpu, check, seed,
                every);
    }
}
