package dev.isthmus.vhostuser;

/**
 * Protocol features this back-end knows: the vhost-user specification, "Protocol features". Others are never offered.
 */
public enum ProtocolFeature {
    MQ(0),
    REPLY_ACK(3),
    BACKEND_REQ(5),
    CONFIG(9),
    BACKEND_SEND_FD(10),
    INFLIGHT_SHMFD(12),
    CONFIGURE_MEM_SLOTS(15);

    /** {@code VHOST_USER_F_PROTOCOL_FEATURES} as a mask: the <em>feature</em> bit that stands for all of these. */
    public static final long FEATURE = 1L << 30;

    private final int bit;

    ProtocolFeature(int bit) {
        this.bit = bit;
    }

    public int bit() {
        return bit;
    }

    public long mask() {
        return 1L << bit;
    }

    /** The masks of these features together. */
    public static long masks(Iterable<ProtocolFeature> features) {
        long masks = 0;
        for (ProtocolFeature feature : features) {
            masks |= feature.mask();
        }
        return masks;
    }
}
