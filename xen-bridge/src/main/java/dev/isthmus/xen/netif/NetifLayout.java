package dev.isthmus.xen.netif;

/**
 * Entries of the two rings of a queue, {@code public/io/netif.h}; little-endian.
 *
 * <pre>
 *              0        2        4        6        8        10      12
 *   tx request  reference u32    offset   flags    id       size
 *   response    id      status
 *   extra info  t f     size     g        features                         type u8, flags u8, of GSO: size u16, type u8
 *   rx request  id               reference u32
 *   response    id      offset   flags    status
 * </pre>
 *
 * <p>A packet has a request for each piece; its extra infos are behind the first. The first request's size is that of
 * the whole packet, the others' of their piece; a response's status that of its piece.
 */
final class NetifLayout {
    static final int TX_BYTES = 12;
    static final int TX_REFERENCE = 0;
    static final int TX_OFFSET = 4;
    static final int TX_FLAGS = 6;
    static final int TX_ID = 8;
    static final int TX_SIZE = 10;
    static final int TX_RESPONSE_ID = 0;
    static final int TX_RESPONSE_STATUS = 2;

    static final int RX_BYTES = 8;
    static final int RX_ID = 0;
    static final int RX_REFERENCE = 4;
    static final int RX_RESPONSE_OFFSET = 2;
    static final int RX_RESPONSE_FLAGS = 4;
    static final int RX_RESPONSE_STATUS = 6;

    static final int EXTRA_TYPE = 0;
    static final int EXTRA_FLAGS = 1;
    static final int EXTRA_GSO_SIZE = 2;
    static final int EXTRA_GSO_TYPE = 4;
    static final int EXTRA_GSO_PAD = 5;
    static final int EXTRA_GSO_FEATURES = 6;

    static final int EXTRA_TYPE_GSO = 1;
    /** The first number that is no type. */
    static final int EXTRA_TYPE_MAX = 5;
    static final int EXTRA_TYPE_HASH = 4;
    static final int EXTRA_MORE = 1;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 2;

    /** {@code NETTXF_}. */
    static final int TX_CSUM_BLANK = 1;
    static final int TX_MORE_DATA = 4;
    static final int TX_EXTRA_INFO = 8;

    /** {@code NETRXF_}: not numbered as in the other ring. */
    static final int RX_DATA_VALIDATED = 1;
    static final int RX_CSUM_BLANK = 2;
    static final int RX_MORE_DATA = 4;
    static final int RX_EXTRA_INFO = 8;

    /** {@code NETIF_RSP_}. */
    static final int DROPPED = -2;
    static final int ERROR = -1;
    static final int OKAY = 0;
    /** To what was no request: an extra info. */
    static final int NULL = 1;

    private NetifLayout() {}
}
