package dev.isthmus.net.uplink;

/**
 * Checksum and segmentation work that is left to the receiver of a frame, in one direction.
 *
 * @param checksum a frame's checksum may be missing (virtio 1.3, 5.1.6.2: NEEDS_CSUM)
 * @param tso4 a frame may hold more TCP over IPv4 than fits the MTU
 * @param tso6 the same over IPv6
 * @param ecn such a frame may carry ECN's congestion bits
 */
public record Offloads(boolean checksum, boolean tso4, boolean tso6, boolean ecn) {
    public static final Offloads NONE = new Offloads(false, false, false, false);
    public static final Offloads ALL = new Offloads(true, true, true, true);

    /** Segmentation writes checksums, so none is possible without them; and ECN is a kind of it (5.1.3.1). */
    public Offloads {
        boolean segments = tso4 || tso6;
        if (segments && !checksum || ecn && !segments) {
            throw new IllegalArgumentException("offloads without what they need: checksum " + checksum + ", tso4 "
                    + tso4 + ", tso6 " + tso6 + ", ecn " + ecn);
        }
    }

    /** Whether a frame may be longer than the MTU. */
    public boolean isSegmenting() {
        return tso4 || tso6;
    }
}
