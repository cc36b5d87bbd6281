package dev.isthmus.blk;

import dev.isthmus.virtqueue.ChainFault;
import org.jspecify.annotations.Nullable;

/** The one rule a generated chain breaks, and what must be said to it. */
enum Break {
    NOTHING(ChainFault.NONE, BlkRequestFault.NONE),
    NEXT_BEYOND_THE_TABLE(ChainFault.NEXT_OUT_OF_RANGE, null),
    LOOP(ChainFault.TOO_LONG, null),
    MORE_THAN_4_GIB(ChainFault.TOO_MANY_BYTES, null),
    BUFFER_IN_THE_GAP(ChainFault.BUFFER_NOT_MAPPED, null),
    BUFFER_INTO_THE_GAP(ChainFault.BUFFER_NOT_MAPPED, null),
    BUFFER_PAST_THE_LAST_ADDRESS(ChainFault.BUFFER_NOT_MAPPED, null),
    WRITABLE_FIRST(ChainFault.READABLE_AFTER_WRITABLE, null),
    INDIRECT_UNASKED(ChainFault.INDIRECT_NOT_NEGOTIATED, null),
    INDIRECT_TWICE(ChainFault.INDIRECT_INSIDE_INDIRECT, null),
    INDIRECT_AND_NEXT(ChainFault.INDIRECT_WITH_NEXT, null),
    INDIRECT_LENGTH(ChainFault.INDIRECT_TABLE_LENGTH, null),
    HEADER_CUT(ChainFault.NONE, BlkRequestFault.HEADER_SHORT),
    STATUS_MISSING(ChainFault.NONE, BlkRequestFault.NO_STATUS),
    ODD_LENGTH(ChainFault.NONE, BlkRequestFault.MISALIGNED),
    BEYOND_THE_END(ChainFault.NONE, BlkRequestFault.OUT_OF_RANGE),
    NO_RANGES(ChainFault.NONE, BlkRequestFault.RANGE_COUNT),
    RANGE_LONG(ChainFault.NONE, BlkRequestFault.RANGE_TOO_LARGE),
    RANGE_FLAG(ChainFault.NONE, BlkRequestFault.RANGE_FLAGS),
    UNKNOWN_TYPE(ChainFault.NONE, BlkRequestFault.TYPE);

    private static final Break[] ALL = values();

    final ChainFault chainFault;
    /** Null when the chain is refused before anybody looks at the request. */
    final @Nullable BlkRequestFault requestFault;

    Break(ChainFault chainFault, @Nullable BlkRequestFault requestFault) {
        this.chainFault = chainFault;
        this.requestFault = requestFault;
    }

    static Break broken(int number) {
        return ALL[1 + number];
    }

    static int count() {
        return ALL.length - 1;
    }

    boolean isOfRanges() {
        return this == NO_RANGES || this == RANGE_LONG || this == RANGE_FLAG;
    }

    boolean isOfIndirect() {
        return this == INDIRECT_TWICE || this == INDIRECT_AND_NEXT || this == INDIRECT_LENGTH;
    }
}
