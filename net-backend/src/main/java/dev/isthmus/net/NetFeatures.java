package dev.isthmus.net;

import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.UplinkAbilities;

/** Feature bits of the network device: virtio 1.3, 5.1.3; {@code linux/virtio_net.h}. */
public final class NetFeatures {
    public static final long CSUM = 1L << 0;
    public static final long GUEST_CSUM = 1L << 1;
    public static final long MTU = 1L << 3;
    public static final long GUEST_TSO4 = 1L << 7;
    public static final long GUEST_TSO6 = 1L << 8;
    public static final long GUEST_ECN = 1L << 9;
    public static final long HOST_TSO4 = 1L << 11;
    public static final long HOST_TSO6 = 1L << 12;
    public static final long HOST_ECN = 1L << 13;
    public static final long MRG_RXBUF = 1L << 15;
    public static final long CTRL_VQ = 1L << 17;
    public static final long CTRL_RX = 1L << 18;
    public static final long GUEST_ANNOUNCE = 1L << 21;
    public static final long MQ = 1L << 22;
    public static final long CTRL_MAC_ADDR = 1L << 23;

    /** Not this device's, but it decides how long a header is: virtio 1.3, 6. */
    static final long VERSION_1 = 1L << 32;

    private NetFeatures() {}

    /** What is offered in front of such an uplink. */
    static long offered(UplinkAbilities uplink, int queuePairs) {
        long features = MRG_RXBUF | MTU | CTRL_VQ | CTRL_RX | CTRL_MAC_ADDR | GUEST_ANNOUNCE;
        features |= bits(uplink.fromGuest(), CSUM, HOST_TSO4, HOST_TSO6, HOST_ECN);
        features |= bits(uplink.toGuest(), GUEST_CSUM, GUEST_TSO4, GUEST_TSO6, GUEST_ECN);
        return queuePairs > 1 ? features | MQ : features;
    }

    private static long bits(Offloads offloads, long checksum, long tso4, long tso6, long ecn) {
        return (offloads.checksum() ? checksum : 0) | (offloads.tso4() ? tso4 : 0) | (offloads.tso6() ? tso6 : 0)
                | (offloads.ecn() ? ecn : 0);
    }

    /** What a driver with these features does with frames it gets. One without its dependency counts for nothing. */
    static Offloads toGuest(long features) {
        return offloads(features, GUEST_CSUM, GUEST_TSO4, GUEST_TSO6, GUEST_ECN);
    }

    /** What a driver with these features may ask for in frames it sends. */
    static Offloads fromGuest(long features) {
        return offloads(features, CSUM, HOST_TSO4, HOST_TSO6, HOST_ECN);
    }

    private static Offloads offloads(long features, long checksum, long tso4, long tso6, long ecn) {
        boolean checksums = (features & checksum) != 0;
        boolean four = checksums && (features & tso4) != 0;
        boolean six = checksums && (features & tso6) != 0;
        return new Offloads(checksums, four, six, (four || six) && (features & ecn) != 0);
    }
}
