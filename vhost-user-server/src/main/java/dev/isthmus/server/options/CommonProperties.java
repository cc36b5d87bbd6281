package dev.isthmus.server.options;

import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.WorkerOptions;

/**
 * What is said about a device of any kind; made by {@link CommonParser} only, so it is valid.
 *
 * @param source what the operator wrote it in, for messages
 * @param name unique in the process
 * @param anyMemoryFile whether guest memory may be in any file
 */
public record CommonProperties(String source, String name, Endpoint endpoint, WorkerOptions workers,
        boolean anyMemoryFile) {
    /** Where the device is met, for a line of the log. */
    public String where() {
        return switch (endpoint) {
            case Endpoint.Path(String path) -> "listening on " + path;
            case Endpoint.Client(String path) -> "connecting to " + path;
            case Endpoint.Inherited(int fd) -> "serving inherited descriptor " + fd;
        };
    }
}
