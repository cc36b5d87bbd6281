package dev.isthmus.xen.netif;

/** {@code struct virtio_net_hdr}, virtio 1.3, 5.1.6: before each frame; little-endian. And feature bits, 5.1.3. */
final class NetHeaderLayout {
    static final int BYTES = 12;
    static final int FLAGS = 0;
    static final int GSO_TYPE = 1;
    static final int HDR_LEN = 2;
    static final int GSO_SIZE = 4;
    static final int CSUM_START = 6;
    static final int CSUM_OFFSET = 8;
    static final int NUM_BUFFERS = 10;

    static final int NEEDS_CSUM = 1;
    static final int DATA_VALID = 2;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    /** Beside one of the others. */
    static final int GSO_ECN = 0x80;

    static final long F_CSUM = 1L;
    static final long F_GUEST_CSUM = 1L << 1;
    static final long F_GUEST_TSO4 = 1L << 7;
    static final long F_GUEST_TSO6 = 1L << 8;
    static final long F_HOST_TSO4 = 1L << 11;
    static final long F_HOST_TSO6 = 1L << 12;
    static final long F_MRG_RXBUF = 1L << 15;
    static final long F_MQ = 1L << 22;

    private NetHeaderLayout() {}
}
