package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzRandom;

/** What a driver has agreed on for one life; bits as virtio 1.3, 5.1.3 numbers them, written down anew. */
final class FuzzFeatures {
    private static final long[] NET = {1L, 1L << 1, 1L << 3, 1L << 7, 1L << 8, 1L << 9, 1L << 11, 1L << 12, 1L << 13,
        1L << 15};
    private static final long INDIRECT_DESC = 1L << 28;
    private static final long EVENT_IDX = 1L << 29;
    private static final long VERSION_1 = 1L << 32;

    private long bits;
    private int mtu;

    void choose(FuzzRandom random) {
        bits = random.rarely(20) ? 0 : VERSION_1;
        bits |= random.rarely(3) ? 0 : INDIRECT_DESC;
        bits |= random.rarely(2) ? EVENT_IDX : 0;
        for (long feature : NET) {
            bits |= random.rarely(4) ? 0 : feature;
        }
        mtu = random.pick(0, 1500, 9000);
    }

    long bits() {
        return bits;
    }

    int mtu() {
        return mtu;
    }

    private boolean has(int bit) {
        return (bits >>> bit & 1) != 0;
    }

    boolean csum() {
        return has(0);
    }

    boolean guestCsum() {
        return has(1);
    }

    boolean guestTso4() {
        return guestCsum() && has(7);
    }

    boolean guestTso6() {
        return guestCsum() && has(8);
    }

    boolean hostTso4() {
        return csum() && has(11);
    }

    boolean hostTso6() {
        return csum() && has(12);
    }

    boolean hostEcn() {
        return has(13) && (hostTso4() || hostTso6());
    }

    boolean mergeable() {
        return has(15);
    }

    boolean indirect() {
        return has(28);
    }

    boolean eventIdx() {
        return has(29);
    }

    /** Before each frame: num_buffers is not there for a legacy driver without mergeable buffers. */
    int headerBytes() {
        return has(32) || mergeable() ? 12 : 10;
    }

    int plainBytesMax() {
        return has(3) && mtu != 0 ? mtu + 14 + 8 : 65_557;
    }
}
