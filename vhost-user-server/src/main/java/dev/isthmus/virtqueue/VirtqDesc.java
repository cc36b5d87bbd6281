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
public final class VirtqDesc {
    public static final int ADDR = 0;
    public static final int LEN = 8;
    public static final int FLAGS = 12;
    public static final int NEXT = 14;
    public static final int BYTES = 16;

    public static final int F_NEXT = 1;
    public static final int F_WRITE = 2;
    public static final int F_INDIRECT = 4;

    public static final int ALIGNMENT = 16;

    private VirtqDesc() {}
}
