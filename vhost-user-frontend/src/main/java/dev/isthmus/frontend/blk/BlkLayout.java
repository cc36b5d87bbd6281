package dev.isthmus.frontend.blk;

/**
 * virtio 1.3, 5.2: what a driver of virtio-blk writes and reads.
 *
 * <pre>
 *  struct virtio_blk_req    0       4           8        16
 *  (the readable header)    +-------+-----------+--------+      then the data, then one byte of status
 *                           | type  | reserved  | sector |
 *                           +-------+-----------+--------+
 *  a range of DISCARD       0        8              12      16
 *  (as data)                +--------+--------------+-------+
 *                           | sector | num_sectors  | flags |
 *                           +--------+--------------+-------+
 * </pre>
 */
public final class BlkLayout {
    // 5.2.3
    public static final long F_SIZE_MAX = 1L << 1;
    public static final long F_SEG_MAX = 1L << 2;
    public static final long F_RO = 1L << 5;
    public static final long F_BLK_SIZE = 1L << 6;
    public static final long F_FLUSH = 1L << 9;
    public static final long F_TOPOLOGY = 1L << 10;
    public static final long F_MQ = 1L << 12;
    public static final long F_DISCARD = 1L << 13;

    // 5.2.4, struct virtio_blk_config
    public static final int CONFIG_CAPACITY = 0;
    public static final int CONFIG_CAPACITY_BYTES = 8;
    static final int CONFIG_SIZE_MAX = 8;
    static final int CONFIG_SEG_MAX = 12;
    static final int CONFIG_BLK_SIZE = 20;
    static final int CONFIG_PHYSICAL_BLOCK_EXP = 24;
    static final int CONFIG_MAX_DISCARD_SECTORS = 36;
    static final int CONFIG_DISCARD_SECTOR_ALIGNMENT = 44;

    /** The unit of capacity, sector and ranges, whatever blk_size is. */
    public static final int SECTOR_BYTES = 512;

    // 5.2.6
    public static final int TYPE = 0;
    public static final int RESERVED = 4;
    public static final int SECTOR = 8;
    public static final int HEADER_BYTES = 16;
    public static final int STATUS_BYTES = 1;
    public static final int T_IN = 0;
    public static final int T_OUT = 1;
    public static final int T_FLUSH = 4;
    public static final int T_DISCARD = 11;
    public static final int S_OK = 0;
    public static final int S_UNSUPP = 2;

    public static final int RANGE_SECTOR = 0;
    public static final int RANGE_SECTORS = 8;
    public static final int RANGE_FLAGS = 12;
    public static final int RANGE_BYTES = 16;

    private BlkLayout() {}
}
