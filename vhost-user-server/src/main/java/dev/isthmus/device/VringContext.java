package dev.isthmus.device;

import dev.isthmus.loop.FileRing;
import dev.isthmus.virtqueue.Virtqueue;
import org.jspecify.annotations.Nullable;

/**
 * What a device gets for one ring that starts.
 *
 * @param index of the virtqueue
 * @param queue to take chains from; to be used by the ring's worker only
 * @param features negotiated features
 * @param wakeup wakes the ring's worker
 * @param files file I/O by the worker's loop, for the worker only; null where it cannot
 * @param watcher watches descriptors of the handler's
 */
public record VringContext(int index, Virtqueue queue, long features, Wakeup wakeup, @Nullable FileRing files,
        Watcher watcher) {
    /** For a handler that watches no descriptor. */
    public VringContext(int index, Virtqueue queue, long features, Wakeup wakeup, @Nullable FileRing files) {
        this(index, queue, features, wakeup, files, Watcher.NONE);
    }
}
