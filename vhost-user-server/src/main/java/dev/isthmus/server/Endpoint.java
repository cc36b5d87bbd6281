package dev.isthmus.server;

import org.jspecify.annotations.Nullable;

/** Where a device meets its front-end. */
public sealed interface Endpoint {
    /** A socket we make and listen on; at most 107 bytes. */
    record Path(String path) implements Endpoint {}

    /** A socket on which the front-end listens, now or later, and to which we connect; at most 107 bytes. */
    record Client(String path) implements Endpoint {}

    /** A descriptor this process was started with: a listening socket, or one that is connected already. */
    record Inherited(int fd) implements Endpoint {}

    /** The socket's place in the file system; null when it is not known. */
    default @Nullable String socketPath() {
        return switch (this) {
            case Path(String path) -> path;
            case Client(String path) -> path;
            case Inherited(int fd) -> null;
        };
    }
}
