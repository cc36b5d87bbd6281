package dev.isthmus.virtqueue;

/**
 * One queue's part of the inflight region, split virtqueue: the vhost-user specification, "Inflight I/O tracking",
 * {@code QueueRegionSplit} and {@code DescStateSplit}.
 *
 * <pre>
 *   0          8         10          12                 14         16
 *   | features | version | desc_num  | last_batch_head  | used_idx | desc[0] | desc[1] | ...
 *
 *   desc       0          1           6        8                 16
 *              | inflight | padding   | next   | counter          |
 * </pre>
 */
final class InflightLayout {
    static final int VERSION = 8;
    static final int DESC_NUM = 10;
    static final int LAST_BATCH_HEAD = 12;
    static final int USED_IDX = 14;
    static final int DESC = 16;

    static final int DESC_INFLIGHT = 0;
    static final int DESC_NEXT = 6;
    static final int DESC_COUNTER = 8;
    static final int DESC_BYTES = 16;

    /** {@code version} of a part nobody has used yet. */
    static final int VERSION_NONE = 0;
    static final int VERSION_1 = 1;

    /** Parts begin at multiples of this, as in QEMU's libvhost-user, so that another back-end can go on with ours. */
    private static final int ALIGNMENT = 64;

    private InflightLayout() {}

    /** Bytes of a queue's part. */
    static long bytes(int queueSize) {
        long bytes = DESC + (long) DESC_BYTES * queueSize;
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
