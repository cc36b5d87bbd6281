package dev.isthmus.blk.store;

/** One vring worker's way into a store, as {@link BlockStore#queue} makes it. */
public interface StoreQueue {
    /** As {@link BlockStore#submit}, and by that worker only. */
    void submit(StoreRequest request);

    /** The worker's ring is about to stop, and waits for what it submitted: nothing is to be held back. */
    default void letGo() {}
}
