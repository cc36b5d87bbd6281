package dev.isthmus.blk;

/** Limits of the block device. */
public final class Limits {
    /** MQ: as many queues as any guest has use for; each costs its slots. */
    public static final int QUEUES_MAX = 16;

    /**
     * seg_max: data descriptors of a request. With header and status it fits the smallest queue size in use, 128;
     * GET_CONFIG is answered before the queue size is known.
     */
    static final int SEGMENTS_MAX = 126;

    /** size_max: bytes of one descriptor, so that a request is at most 126 MiB. */
    static final int SEGMENT_BYTES_MAX = 1 << 20;

    /** max_discard_seg and max_write_zeroes_seg: Linux merges as many discards of neighbours into one request. */
    static final int RANGES_MAX = 16;

    /** max_discard_sectors: 2 GiB, what one fallocate call does without holding a file for long. */
    static final int DISCARD_SECTORS_MAX = 4 << 20;

    /** max_write_zeroes_sectors: 64 MiB, since a store may have to write them. */
    static final int WRITE_ZEROES_SECTORS_MAX = 128 << 10;

    /**
     * Bytes a store may move inside {@code submit} before what is done is shown to the driver: the time of some dozens
     * of small requests, so that a driver with large ones is not idle while we copy for it.
     */
    static final long INLINE_BYTES_PER_TURN = 64 * 1024;

    private Limits() {}
}
