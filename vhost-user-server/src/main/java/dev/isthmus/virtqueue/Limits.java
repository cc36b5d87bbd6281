package dev.isthmus.virtqueue;

/** Limits of this package. */
public final class Limits {
    /** virtio 1.3, 2.7: the maximum Queue Size. */
    public static final int QUEUE_SIZE_MAX = 32768;

    /**
     * Descriptors in an indirect table. The specification's limit is the queue size, but drivers size indirect tables
     * by seg_max, which is read before the queue size is known. Linux never makes more than IOV_MAX.
     */
    public static final int INDIRECT_DESCRIPTORS_MAX = 1024;

    /** virtio 1.3, 2.7.5.2: a chain describes at most 2^32 bytes. */
    public static final long CHAIN_BYTES_MAX = 1L << 32;

    /**
     * Pieces of one chain. A descriptor that crosses memory regions makes several, and a guest that fragments its
     * memory could make very many; nothing honest comes near.
     */
    public static final int PIECES_MAX = QUEUE_SIZE_MAX;

    private Limits() {}
}
