package dev.isthmus.xen.blkif;

/** Why a request is not executed. */
enum RequestFault {
    NONE(BlkifOperation.OKAY),
    /** No operation of ours, or one that was not offered. */
    UNSUPPORTED_OPERATION(BlkifOperation.EOPNOTSUPP),
    /** A discard is to leave no trace, which no back-end promises. */
    SECURE_DISCARD(BlkifOperation.EOPNOTSUPP),
    /** An indirect request is neither read nor write. */
    INDIRECT_OPERATION(BlkifOperation.ERROR),
    /** None, or more than there may be. */
    SEGMENT_COUNT(BlkifOperation.ERROR),
    /** A segment ends before it begins, or behind its page. */
    SEGMENT_OUTSIDE_PAGE(BlkifOperation.ERROR),
    BEYOND_THE_END(BlkifOperation.ERROR),
    /** Begins or ends within a block. */
    NOT_WHOLE_BLOCKS(BlkifOperation.ERROR),
    READ_ONLY(BlkifOperation.ERROR);

    /** What the guest is told. */
    final int status;

    RequestFault(int status) {
        this.status = status;
    }
}
