package dev.isthmus.device;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finished requests on their way back to the worker: any thread pushes, the worker takes all at once. Each request is
 * named by its head, which can be in here only once, so the links are an array made beforehand: no allocation, no ABA
 * (nobody pops a single one), no lock.
 *
 * <p>Order is last in, first out; virtio lets a device use buffers in any order.
 */
public final class CompletionQueue {
    /** End of a list. */
    public static final int NONE = -1;

    private final int[] next;
    private final AtomicInteger top = new AtomicInteger(NONE);

    /** @param size heads are below this */
    public CompletionQueue(int size) {
        next = new int[size];
    }

    /** Any thread. What was written before is visible to whoever takes it. */
    public void push(int head) {
        int below;
        do {
            below = top.get();
            next[head] = below;
        } while (!top.compareAndSet(below, head));
    }

    public boolean isEmpty() {
        return top.get() == NONE;
    }

    /** Takes all: the first of a list, or {@link #NONE}. The worker only. */
    public int takeAll() {
        return top.get() == NONE ? NONE : top.getAndSet(NONE);
    }

    /** The one after {@code head}; to be asked before {@code head} is used again. */
    public int after(int head) {
        return next[head];
    }
}
