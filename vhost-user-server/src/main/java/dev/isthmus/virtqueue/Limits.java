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

    /**
     * Chains of one queue that the device has in hand. A driver may offer 32768, and each costs us some hundred bytes
     * of heap; more than this only wait in another place.
     */
    public static final int IN_FLIGHT_MAX = 4096;

    /** Pieces for which a chain keeps room: seg_max of 126, header and status. */
    static final int PIECES_KEPT = 128;

    /**
     * Bytes of pieces beyond {@link #PIECES_KEPT} that the chains of one queue may have at a time. A hostile driver
     * makes every chain as long as it can; one that needs more than is left waits until others are handed back.
     */
    static final long LONG_CHAINS_BYTES_MAX = 8L << 20;

    private Limits() {}
}
