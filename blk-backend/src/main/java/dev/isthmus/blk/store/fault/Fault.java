package dev.isthmus.blk.store.fault;

/** How a request may be made to suffer. */
public enum Fault {
    /** It stays where it is until the fault is taken back, and is then carried out. */
    HANG,
    /** It is carried out later. */
    DELAY,
    /** It fails with EIO and is not carried out; a flush counts as a flush that failed. */
    ERROR,
    /** It fails with ENOSPC and is not carried out. */
    NO_SPACE,
    /** The first half of its blocks is moved, then it fails with EIO: a read or write that was torn. */
    SHORT
}
