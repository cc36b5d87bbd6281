package dev.isthmus.blk.store;

/** One vring worker's way into a store, as {@link BlockStore#queue} makes it. */
public interface StoreQueue {
    /** As {@link BlockStore#submit}, and by that worker only. */
    void submit(StoreRequest request);
}
