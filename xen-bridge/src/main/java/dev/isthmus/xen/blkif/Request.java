package dev.isthmus.xen.blkif;

/**
 * A request that was taken from a ring and is not answered yet. Made with its ring and used again and again; the
 * worker's alone.
 */
final class Request {
    /** What is left to be done, lowest first. */
    static final int FLUSH_BEFORE = 1;

    static final int DATA = 2;
    static final int DISCARD = 4;
    static final int FLUSH_AFTER = 8;

    final RingService ring;
    /** Which ring of the disk. */
    final int ringIndex;
    /** Which of its ring. */
    final int slot;
    /** The private copy, which the guest cannot change: of the ring's entry. */
    final long copy;

    // As the parser found it.
    long id;
    int operation;
    boolean write;
    boolean barrier;
    /** Segments are in a page of the guest that was not read yet. */
    boolean indirect;
    int indirectReference;
    int steps;
    long sector;
    /** Of data, or still to be discarded. */
    long sectors;
    int segments;
    final int[] references = new int[Limits.SEGMENTS_MAX];
    final int[] offsets = new int[Limits.SEGMENTS_MAX];
    final int[] lengths = new int[Limits.SEGMENTS_MAX];

    /** Our pages, one for each segment, while it is executed. */
    final long[] pages = new long[Limits.SEGMENTS_MAX];
    int pageCount;

    Request(RingService ring, int ringIndex, int slot, long copy) {
        this.ring = ring;
        this.ringIndex = ringIndex;
        this.slot = slot;
        this.copy = copy;
    }

    /** What is to be done now: one of the constants. */
    int step() {
        return Integer.lowestOneBit(steps);
    }

    /** Among all requests of the disk: below {@link Limits#REQUESTS_MAX}. */
    int number() {
        return ringIndex * Limits.RING_ENTRIES_MAX + slot;
    }

    void stepDone() {
        steps &= steps - 1;
    }

    boolean isRead() {
        return !write && segments > 0;
    }

    long bytes() {
        return sectors * RequestLayout.SECTOR_BYTES;
    }
}
