package dev.isthmus.xen.blkif;

import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.SharedRing;

/** Limits of the block ring. */
final class Limits {
    /** 2 to this pages a ring: what Linux' front-end can have, {@code XENBUS_MAX_RING_GRANT_ORDER}. */
    static final int RING_PAGE_ORDER_MAX = 4;

    static final int RING_PAGES_MAX = 1 << RING_PAGE_ORDER_MAX;

    /** Rings of a disk: one thread serves them all. */
    static final int RINGS_MAX = 4;

    /** Entries of a ring of the most pages: {@code __RING_SIZE} of {@code public/io/ring.h}. */
    static final int RING_ENTRIES_MAX = SharedRing.entries(RING_PAGES_MAX, BlkifProtocol.X86_32.layout().entryBytes);

    static final int REQUESTS_MAX = RINGS_MAX * RING_ENTRIES_MAX;

    /** Of an indirect request. Linux' front-end uses 32 by default; those of more fit a usual queue of a back-end. */
    static final int SEGMENTS_MAX = 124;

    /** All of them are in the first indirect page then. */
    static final int INDIRECT_BYTES_MAX = SEGMENTS_MAX * RequestLayout.SEGMENT_BYTES;

    /** Requests of one ring before it is the next one's turn: a small part of the pool, and of a millisecond. */
    static final int REQUESTS_PER_TURN = 32;

    /** Copies that are made by one system call; more than one request can want. */
    static final int COPIES_PER_BATCH = 512;

    /** Entries of the back-end's queues: what QEMU gives them. Requests beyond that wait here. */
    static final int QUEUE_SIZE = 256;

    /** So that the largest request fits, and some beside it. */
    static final int POOL_BYTES_MIN = 4 * SEGMENTS_MAX * GrantTable.PAGE_BYTES;

    /** Blocks that end within a page. */
    static final int SECTOR_BYTES_MAX = GrantTable.PAGE_BYTES;

    private Limits() {}
}
