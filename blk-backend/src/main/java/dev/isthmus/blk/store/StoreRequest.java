package dev.isthmus.blk.store;

/**
 * One request to a store. Made once per place in a queue and used again and again, so a store must not touch it after
 * {@link #complete}.
 *
 * <p>The data of READ and WRITE is an array of {@code struct iovec} (base u64, length u64, native byte order) in native
 * memory. The buffers are guest memory: their contents may change at any time, they may be only byte aligned, and they
 * are touched by {@code MemorySegment} copies and by system calls alone (never CRC, never native libraries). The array
 * itself is ours; the store may write into it until it completes, for instance to go on after a short read.
 */
public interface StoreRequest {
    StoreOperation operation();

    /** First byte; for DISCARD and WRITE_ZEROES use the ranges instead. */
    long offsetBytes();

    /** Bytes of READ and WRITE, the sum of the iovec's lengths; 0 for others. */
    long lengthBytes();

    /** Native address of the iovec array. */
    long iovecAddress();

    int iovecCount();

    /** WRITE, DISCARD, WRITE_ZEROES: stable before completion (write-through). */
    boolean durable();

    /** Number of ranges of DISCARD and WRITE_ZEROES; 0 for others. */
    int rangeCount();

    long rangeOffsetBytes(int range);

    long rangeLengthBytes(int range);

    /** WRITE_ZEROES: the store may free the range; it must read as zeroes all the same. */
    boolean rangeMayUnmap(int range);

    /** Hands the request back, once, from any thread. */
    void complete(StoreResult result);
}
