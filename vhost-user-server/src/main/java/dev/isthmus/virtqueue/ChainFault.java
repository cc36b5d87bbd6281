package dev.isthmus.virtqueue;

/** Why a descriptor chain or a ring was refused. Every constant is something only a faulty or hostile driver does. */
public enum ChainFault {
    NONE(false),

    /** More heads were made available than the queue has entries. */
    AVAIL_INDEX_TOO_FAR(true),
    /** The available ring names a descriptor the table does not have. */
    HEAD_OUT_OF_RANGE(true),
    /** The driver made a head available again before it was used. */
    HEAD_ALREADY_IN_FLIGHT(true),
    /** The memory that holds the ring was taken away. */
    RING_NOT_MAPPED(true),
    /** The inflight region does not fit the ring, so nobody knows what a predecessor left unfinished. */
    INFLIGHT_REGION(true),

    /** {@code next} is not an index of the table. */
    NEXT_OUT_OF_RANGE(false),
    /** virtio 1.3, 2.7.5.2: loops in the descriptor chain are forbidden; a longer chain than the table has one. */
    TOO_LONG(false),
    /** virtio 1.3, 2.7.5.2: a chain describes at most 2^32 bytes. */
    TOO_MANY_BYTES(false),
    /** A descriptor, or the indirect table, lies outside guest memory. */
    BUFFER_NOT_MAPPED(false),
    /** virtio 1.3, 2.7.4.2: device-writable descriptors come after all device-readable ones. */
    READABLE_AFTER_WRITABLE(false),
    /** virtio 1.3, 2.7.5.3.1: an indirect table without VIRTIO_F_INDIRECT_DESC. */
    INDIRECT_NOT_NEGOTIATED(false),
    /** virtio 1.3, 2.7.5.3.1: an indirect table inside an indirect table. */
    INDIRECT_INSIDE_INDIRECT(false),
    /** virtio 1.3, 2.7.5.3.1: INDIRECT and NEXT in one descriptor. */
    INDIRECT_WITH_NEXT(false),
    /** An indirect table whose length is zero, no multiple of 16, or beyond {@link Limits#INDIRECT_DESCRIPTORS_MAX}. */
    INDIRECT_TABLE_LENGTH(false);

    private final boolean ofRing;

    ChainFault(boolean ofRing) {
        this.ofRing = ofRing;
    }

    /** Whether the whole ring is to be stopped; else one chain is answered with an error or handed back. */
    public boolean isOfRing() {
        return ofRing;
    }
}
