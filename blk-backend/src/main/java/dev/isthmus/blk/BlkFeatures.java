package dev.isthmus.blk;

/** Feature bits of the block device: virtio 1.3, 5.2.3. */
final class BlkFeatures {
    static final long SIZE_MAX = 1L << 1;
    static final long SEG_MAX = 1L << 2;
    static final long GEOMETRY = 1L << 4;
    static final long RO = 1L << 5;
    static final long BLK_SIZE = 1L << 6;
    static final long FLUSH = 1L << 9;
    static final long TOPOLOGY = 1L << 10;
    static final long CONFIG_WCE = 1L << 11;
    static final long MQ = 1L << 12;
    static final long DISCARD = 1L << 13;
    static final long WRITE_ZEROES = 1L << 14;

    private static final long ALWAYS = SIZE_MAX | SEG_MAX | GEOMETRY | BLK_SIZE | FLUSH | TOPOLOGY | MQ;

    private BlkFeatures() {}

    /** What a device offers. */
    static long offered(boolean readOnly, boolean discard) {
        if (readOnly) {
            return ALWAYS | RO;
        }
        return ALWAYS | CONFIG_WCE | WRITE_ZEROES | (discard ? DISCARD : 0);
    }
}
