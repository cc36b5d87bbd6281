package dev.isthmus.xen.blkif;

/** {@code BLKIF_OP_} and {@code BLKIF_RSP_} of {@code public/io/blkif.h}. */
final class BlkifOperation {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int WRITE_BARRIER = 2;
    static final int FLUSH_DISKCACHE = 3;
    static final int DISCARD = 5;
    static final int INDIRECT = 6;

    static final int DISCARD_SECURE = 1;

    static final int OKAY = 0;
    static final int ERROR = -1;
    static final int EOPNOTSUPP = -2;

    private BlkifOperation() {}
}
