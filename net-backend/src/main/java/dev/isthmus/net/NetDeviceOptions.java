package dev.isthmus.net;

/**
 * How a network device presents itself.
 *
 * @param queuePairs pairs of receive and transmit rings, 1 to {@link #QUEUE_PAIRS_MAX}
 * @param mtu what the guest is told (virtio 1.3, 5.1.4: mtu), in bytes, 0: nothing
 */
public record NetDeviceOptions(int queuePairs, int mtu) {
    public static final int QUEUE_PAIRS_MAX = 8;

    /** The device must say 68 to 65535 (virtio 1.3, 5.1.4.1). */
    public static final int MTU_MIN = 68;
    public static final int MTU_MAX = 65_535;

    public NetDeviceOptions {
        if (queuePairs < 1 || queuePairs > QUEUE_PAIRS_MAX) {
            throw new IllegalArgumentException("queue pairs are " + queuePairs + ", must be 1 to " + QUEUE_PAIRS_MAX);
        }
        if (mtu != 0 && (mtu < MTU_MIN || mtu > MTU_MAX)) {
            throw new IllegalArgumentException("mtu is " + mtu + ", must be " + MTU_MIN + " to " + MTU_MAX + ", or 0");
        }
    }
}
