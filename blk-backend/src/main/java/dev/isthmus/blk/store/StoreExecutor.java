package dev.isthmus.blk.store;

/** Does a request on the calling thread, which may block. */
public interface StoreExecutor {
    /** Carries {@code request} out; does not complete it. */
    StoreResult execute(StoreRequest request, IoScratch scratch);

    /** The result of a request whose execution threw. */
    StoreResult failed(StoreRequest request, Throwable cause);
}
