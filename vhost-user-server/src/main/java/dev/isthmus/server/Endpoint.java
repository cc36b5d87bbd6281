package dev.isthmus.server;

/** Where a device meets its front-end. */
public sealed interface Endpoint {
    /** A socket we make and listen on; at most 107 bytes. */
    record Path(String path) implements Endpoint {}

    /** A descriptor this process was started with: a listening socket, or one that is connected already. */
    record Inherited(int fd) implements Endpoint {}
}
