package dev.isthmus.net;

/** Why a frame was not handed on. Every frame that is not counted as moved is counted under one of these. */
public enum DropCause {
    NONE,

    // What a faulty or hostile driver does.

    /** Transmit: a descriptor chain that cannot be used, or with a device-writable part. Receive: a buffer such. */
    CHAIN,
    /** Transmit: less than a header and an Ethernet header. */
    TOO_SHORT,
    /** More than the largest frame there can be, or that was agreed on. */
    TOO_LONG,
    /** NEEDS_CSUM without VIRTIO_NET_F_CSUM. */
    CHECKSUM_NOT_NEGOTIATED,
    /** csum_start and csum_offset name a place that is not in the frame. */
    CHECKSUM_OUTSIDE,
    /** A gso_type that was not negotiated, or that does not exist. */
    GSO_TYPE,
    /** Segmentation without NEEDS_CSUM: virtio 1.3, 5.1.6.2.1. */
    GSO_WITHOUT_CHECKSUM,
    /** Segmentation into segments of no bytes. */
    GSO_SIZE,
    /** Receive: a buffer without room for a header. */
    BUFFER_WITHOUT_ROOM,

    // What happens to honest ones.

    /** Receive: the frame is larger than the buffer, or than all buffers of the ring together. */
    BUFFER_TOO_SMALL,
    /** Transmit: the ring is disabled. */
    DISABLED,
    /** Receive: the ring stopped while a frame waited for a buffer. */
    RING_STOPPED,
    /** The uplink does not take the frame, or brought one that is none. */
    UPLINK_REFUSED,
    /** The uplink has no interface behind it, or it is down. */
    UPLINK_DOWN,
    /** Receive: the frame leaves work to the driver that was not negotiated. */
    OFFLOAD_NOT_NEGOTIATED
}
