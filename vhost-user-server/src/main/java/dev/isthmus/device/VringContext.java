package dev.isthmus.device;

import dev.isthmus.virtqueue.Virtqueue;

/**
 * What a device gets for one ring that starts.
 *
 * @param index of the virtqueue
 * @param queue to take chains from; to be used by the ring's worker only
 * @param features negotiated features
 * @param wakeup wakes the ring's worker
 */
public record VringContext(int index, Virtqueue queue, long features, Wakeup wakeup) {}
