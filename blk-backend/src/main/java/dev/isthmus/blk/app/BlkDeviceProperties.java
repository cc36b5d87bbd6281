package dev.isthmus.blk.app;

import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.WorkerOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One device as the operator wants it; made by {@link BlkDeviceParser} only, so it is valid.
 *
 * @param source what the operator wrote it in, for messages
 * @param name unique in the process
 * @param serial printable ASCII, at most 20 characters; may be empty
 * @param queues 1 to 16
 * @param stateFile where the write cache mode is remembered; null for nowhere
 * @param anyMemoryFile whether guest memory may be in any file
 * @param faults whether the store can be made to misbehave
 */
record BlkDeviceProperties(
        String source,
        String name,
        Endpoint endpoint,
        StoreProperties store,
        String serial,
        int queues,
        @Nullable Path stateFile,
        WorkerOptions workers,
        boolean anyMemoryFile,
        boolean faults) {}
