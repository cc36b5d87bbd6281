package dev.isthmus.net;

/** {@code struct virtio_net_hdr_v1}: virtio 1.3, 5.1.6; {@code linux/virtio_net.h}. Little endian. */
final class FrameHeader {
    static final int FLAGS = 0;
    static final int GSO_TYPE = 1;
    static final int HDR_LEN = 2;
    static final int GSO_SIZE = 4;
    static final int CSUM_START = 6;
    static final int CSUM_OFFSET = 8;
    static final int NUM_BUFFERS = 10;

    static final int BYTES = 12;
    /** A legacy driver's without MRG_RXBUF has no num_buffers (5.1.6.1). */
    static final int LEGACY_BYTES = 10;

    static final int F_NEEDS_CSUM = 1;
    static final int F_DATA_VALID = 2;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_ECN = 0x80;

    private FrameHeader() {}

    /** Bytes before each frame in the driver's buffers. */
    static int bytes(long features) {
        return (features & (NetFeatures.VERSION_1 | NetFeatures.MRG_RXBUF)) != 0 ? BYTES : LEGACY_BYTES;
    }
}
