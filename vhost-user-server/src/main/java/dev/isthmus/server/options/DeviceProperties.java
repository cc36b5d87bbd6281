package dev.isthmus.server.options;

import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.WorkerOptions;

/** One device as the operator wants it; valid. */
public interface DeviceProperties {
    CommonProperties common();

    /** What the operator wrote it in, for messages. */
    default String source() {
        return common().source();
    }

    /** Unique in the process. */
    default String name() {
        return common().name();
    }

    default Endpoint endpoint() {
        return common().endpoint();
    }

    default WorkerOptions workers() {
        return common().workers();
    }

    /** Whether guest memory may be in any file. */
    default boolean anyMemoryFile() {
        return common().anyMemoryFile();
    }
}
