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
 * @param warmUp load before anything is counted
 * @param duration how long is counted
 * @param cpu to which the client's thread is bound, or -1
 * @param check what a sample of the data read is compared with
 * @param seed of the random offsets
 */
public record LoadSpec(
        Path socket,
        int queues,
        int depth,
        LoadPattern pattern,
        int blockBytes,
        boolean poll,
        Duration warmUp,
        Duration duration,
        int cpu,
        LoadCheck check,
        long seed) {}
