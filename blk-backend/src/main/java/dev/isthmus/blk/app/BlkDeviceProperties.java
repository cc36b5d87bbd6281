package dev.isthmus.blk.app;

import dev.isthmus.server.options.CommonProperties;
import dev.isthmus.server.options.DeviceProperties;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One device as the operator wants it; made by {@link BlkDeviceParser} only, so it is valid.
 *
 * @param serial printable ASCII, at most 20 characters; may be empty
 * @param queues 1 to 16
 * @param stateFile where the write cache mode is remembered; null for nowhere
 * @param faults whether the store can be made to misbehave
 */
record BlkDeviceProperties(
        CommonProperties common,
        StoreProperties store,
        String serial,
        int queues,
        @Nullable Path stateFile,
        boolean faults) implements DeviceProperties {}
