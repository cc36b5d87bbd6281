package dev.isthmus.virtqueue;

/**
 * {@code struct virtq_desc}, virtio 1.3, 2.7.5.
 *
 * <pre>
 *    0                               8               12      14      16
 *   +-------------------------------+---------------+-------+-------+
 *   | addr                          | len           | flags | next  |
 *   +-------------------------------+---------------+-------+-------+
 * </pre>
 */
final class VirtqDesc {
    static final int ADDR = 0;
    static final int LEN = 8;
    static final int FLAGS = 12;
    static final int NEXT = 14;
    static final int BYTES = 16;

    static final int F_NEXT = 1;
    static final int F_WRITE = 2;
    static final int F_INDIRECT = 4;

    static final int ALIGNMENT = 16;

    private VirtqDesc() {}
}
