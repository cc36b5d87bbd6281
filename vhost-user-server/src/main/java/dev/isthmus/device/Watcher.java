package dev.isthmus.device;

import dev.isthmus.loop.Watch;

/** Lets a handler's worker sleep on descriptors of the handler's own. */
@FunctionalInterface
public interface Watcher {
    /** For handlers that have none. */
    Watcher NONE = (fd, readable) -> {
        throw new IllegalStateException("nobody watches descriptors here");
    };

    /**
     * Wakes the worker at each edge of a descriptor, and once if it is readable already; on the worker only.
     *
     * @param fd stays the caller's, who closes the watch first, on the worker
     * @param readable called by the worker between two turns; must not throw, and must not close the watch
     */
    Watch watch(int fd, Runnable readable);
}
