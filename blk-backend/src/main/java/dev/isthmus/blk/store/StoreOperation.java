package dev.isthmus.blk.store;

/** What a store can be asked. */
public enum StoreOperation {
    READ,
    WRITE,
    /** Everything completed before this was submitted is stable when it completes. */
    FLUSH,
    /** Contents are not needed any more. May do nothing; a store that declares it reads zeroes afterwards. */
    DISCARD,
    WRITE_ZEROES
}
