package dev.isthmus.blk.store.volume;

/** Told how far something has come. */
public interface Progress {
    /** Of nobody's interest. */
    Progress NONE = (done, total) -> {};

    /** Called now and then on the thread that does it. */
    void at(long doneBytes, long totalBytes);
}
