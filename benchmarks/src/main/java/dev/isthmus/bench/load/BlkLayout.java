package dev.isthmus.bench.load;

/**
 * virtio 1.3, 5.2: what a driver of virtio-blk writes and reads.
 *
 * <pre>
 *  struct virtio_blk_req    0       4           8        16
 *  (the readable header)    +-------+-----------+--------+      then the data, then one byte of status
 *                           | type  | reserved  | sector |
 *                           +-------+-----------+--------+
 * </pre>
 */
final class BlkLayout {
    // 5.2.3
    static final long F_FLUSH = 1L << 9;
    static final long F_MQ = 1L << 12;

    // 5.2.4, struct virtio_blk_config
    static final int CONFIG_CAPACITY = 0;
    static final int CONFIG_CAPACITY_BYTES = 8;

    // 5.2.6
    static final int TYPE = 0;
    static final int SECTOR = 8;
    static final int HEADER_BYTES = 16;
    static final int STATUS_BYTES = 1;
    static final int T_IN = 0;
    static final int T_OUT = 1;
    static final int S_OK = 0;

    private BlkLayout() {}
}
