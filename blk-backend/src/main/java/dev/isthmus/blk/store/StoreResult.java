package dev.isthmus.blk.store;

/** How a request ended. */
public enum StoreResult {
    OK,
    /** The storage failed; what was in range is undefined for a write, untouched memory or partial data for a read. */
    ERROR,
    /** The storage is full; nothing else is wrong. */
    NO_SPACE,
    READ_ONLY,
    /** This store cannot do that, although it did not say so in its limits. */
    UNSUPPORTED
}
