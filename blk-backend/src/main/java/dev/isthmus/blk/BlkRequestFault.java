package dev.isthmus.blk;

/**
 * What is wrong with a request whose chain is sound. Only a faulty or hostile driver, or one that ignores our limits,
 * does these.
 */
public enum BlkRequestFault {
    NONE(BlkStatus.OK),
    /** Fewer than 16 device-readable bytes. */
    HEADER_SHORT(BlkStatus.IOERR),
    /** No device-writable byte for the status: nothing can be answered. */
    NO_STATUS(BlkStatus.IOERR),
    /** A length or sector that is no multiple of the logical block. */
    MISALIGNED(BlkStatus.IOERR),
    /** Reaches beyond the capacity. */
    OUT_OF_RANGE(BlkStatus.IOERR),
    /** 5.2.6.2: a write to a device that offered RO. */
    READ_ONLY(BlkStatus.IOERR),
    /** No range, a part of one, or more than offered. */
    RANGE_COUNT(BlkStatus.IOERR),
    /** A range of more sectors than offered. */
    RANGE_TOO_LARGE(BlkStatus.IOERR),
    /** 5.2.6.2: an unknown flag, or unmap on DISCARD. */
    RANGE_FLAGS(BlkStatus.UNSUPP),
    /** A type this device does not have, or whose feature was not negotiated. */
    TYPE(BlkStatus.UNSUPP);

    private final BlkStatus status;

    BlkRequestFault(BlkStatus status) {
        this.status = status;
    }

    BlkStatus status() {
        return status;
    }
}
