package dev.isthmus.xen.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a disk's back-end listens, as a disk line's target says it: {@code vhost-user:/run/isthmus/x.sock}. It arrives
 * as the node {@code params}, with {@code aio:} before it for kind {@code vbd3}.
 */
final class DiskTarget {
    private static final String PREFIX = "vhost-user:";
    private static final String AIO = "aio:";

    private DiskTarget() {}

    /** The socket; empty when the disk is somebody else's. */
    static Optional<Path> socket(String params) {
        String target = params.startsWith(AIO) ? params.substring(AIO.length()) : params;
        if (!target.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(target.substring(PREFIX.length()));
            return path.isAbsolute() ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    static String params(Path socket) {
        return PREFIX + socket;
    }
}
