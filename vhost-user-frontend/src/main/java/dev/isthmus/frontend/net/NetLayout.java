package dev.isthmus.frontend.net;

/**
 * virtio 1.3, 5.1: what a driver of virtio-net writes and reads.
 *
 * <pre>
 *  struct virtio_net_hdr    0       1          2         4          6            8             10            12
 *  (before each frame)      +-------+----------+---------+----------+------------+-------------+-------------+
 *                           | flags | gso_type | hdr_len | gso_size | csum_start | csum_offset | num_buffers |
 *                           +-------+----------+---------+----------+------------+-------------+-------------+
 * </pre>
 */
public final class NetLayout {
    // 5.1.3
    public static final long F_CSUM = 1L << 0;
    public static final long F_GUEST_CSUM = 1L << 1;
    public static final long F_GUEST_TSO4 = 1L << 7;
    public static final long F_GUEST_TSO6 = 1L << 8;
    public static final long F_HOST_TSO4 = 1L << 11;
    public static final long F_HOST_TSO6 = 1L << 12;
    public static final long F_MRG_RXBUF = 1L << 15;
    public static final long F_CTRL_VQ = 1L << 17;
    public static final long F_MQ = 1L << 22;

    // 5.1.6; with VERSION_1 the last field is always there.
    public static final int FLAGS = 0;
    public static final int GSO_TYPE = 1;
    public static final int HDR_LEN = 2;
    public static final int GSO_SIZE = 4;
    public static final int CSUM_START = 6;
    public static final int CSUM_OFFSET = 8;
    public static final int NUM_BUFFERS = 10;
    public static final int HEADER_BYTES = 12;

    // flags
    public static final int NEEDS_CSUM = 1;
    public static final int DATA_VALID = 2;

    // gso_type
    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    /** Beside one of the others. */
    public static final int GSO_ECN = 0x80;

    /** Rings of a pair: 5.1.2. */
    public static final int RINGS_OF_A_PAIR = 2;

    private NetLayout() {}

    /** The index of a pair's ring for frames to the guest. */
    public static int receiveRing(int pair) {
        return RINGS_OF_A_PAIR * pair;
    }

    /** The index of a pair's ring for frames from the guest. */
    public static int transmitRing(int pair) {
        return RINGS_OF_A_PAIR * pair + 1;
    }
}
