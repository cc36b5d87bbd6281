package dev.isthmus.net;

import java.util.Arrays;

/** The one thing that is wrong with a generated chain, and why its frame is dropped, or its buffer refused. */
enum NetBreak {
    NOTHING(DropCause.NONE),

    // What is wrong with any chain.
    NEXT_BEYOND_THE_TABLE(DropCause.CHAIN),
    LOOP(DropCause.CHAIN),
    MORE_THAN_4_GIB(DropCause.CHAIN),
    BUFFER_IN_THE_GAP(DropCause.CHAIN),
    BUFFER_INTO_THE_GAP(DropCause.CHAIN),
    BUFFER_PAST_THE_LAST_ADDRESS(DropCause.CHAIN),
    READABLE_AFTER_WRITABLE(DropCause.CHAIN),
    WRONG_DIRECTION(DropCause.CHAIN),
    INDIRECT_UNASKED(DropCause.CHAIN),
    INDIRECT_TWICE(DropCause.CHAIN),
    INDIRECT_AND_NEXT(DropCause.CHAIN),
    INDIRECT_LENGTH(DropCause.CHAIN),

    // Of a chain that is sent.
    HEADER_CUT(DropCause.TOO_SHORT),
    FRAME_CUT(DropCause.TOO_SHORT),
    FRAME_TOO_LONG(DropCause.TOO_LONG),
    CHECKSUM_UNASKED(DropCause.CHECKSUM_NOT_NEGOTIATED),
    CHECKSUM_BEYOND_THE_FRAME(DropCause.CHECKSUM_OUTSIDE),
    CHECKSUM_IN_THE_ETHERNET_HEADER(DropCause.CHECKSUM_OUTSIDE),
    GSO_TYPE_UNKNOWN(DropCause.GSO_TYPE),
    GSO_TYPE_UNASKED(DropCause.GSO_TYPE),
    GSO_WITHOUT_CHECKSUM(DropCause.GSO_WITHOUT_CHECKSUM),
    GSO_SIZE_0(DropCause.GSO_SIZE),
    /** Lies that make no difference. */
    HDR_LEN_LIES(DropCause.NONE),
    FLAGS_UNKNOWN(DropCause.NONE),
    NUM_BUFFERS_SET(DropCause.NONE),
    MEANINGLESS_FIELDS_SET(DropCause.NONE),

    // Of a buffer.
    WITHOUT_ROOM_FOR_A_HEADER(DropCause.BUFFER_WITHOUT_ROOM);

    private static final NetBreak[] CHAINS = range(NEXT_BEYOND_THE_TABLE, INDIRECT_LENGTH);
    private static final NetBreak[] FRAMES = range(HEADER_CUT, MEANINGLESS_FIELDS_SET);

    final DropCause cause;

    NetBreak(DropCause cause) {
        this.cause = cause;
    }

    private static NetBreak[] range(NetBreak first, NetBreak last) {
        return Arrays.copyOfRange(values(), first.ordinal(), last.ordinal() + 1);
    }

    static NetBreak[] chains() {
        return CHAINS;
    }

    static NetBreak[] frames() {
        return FRAMES;
    }

    boolean isOfTheChain() {
        return ordinal() >= NEXT_BEYOND_THE_TABLE.ordinal() && ordinal() <= INDIRECT_LENGTH.ordinal();
    }

    boolean isOfIndirect() {
        return this == INDIRECT_TWICE || this == INDIRECT_AND_NEXT || this == INDIRECT_LENGTH;
    }
}
