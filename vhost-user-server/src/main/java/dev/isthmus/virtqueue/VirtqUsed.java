package dev.isthmus.virtqueue;

/**
 * {@code struct virtq_used}, virtio 1.3, 2.7.8; written by the device.
 *
 * <pre>
 *    0       2       4                               4 + 8 * size
 *   +-------+-------+-------------- ... ------------+-------------+
 *   | flags | idx   | ring[size] of { id u32, len } | avail_event |
 *   +-------+-------+-------------- ... ------------+-------------+
 * </pre>
 */
public final class VirtqUsed {
    public static final int FLAGS = 0;
    public static final int IDX = 2;
    public static final int RING = 4;
    public static final int ENTRY_BYTES = 8;
    public static final int ENTRY_LEN = 4;

    public static final int F_NO_NOTIFY = 1;

    public static final int ALIGNMENT = 4;

    private VirtqUsed() {}

    public static long availEvent(int queueSize) {
        return RING + (long) ENTRY_BYTES * queueSize;
    }

    public static long bytes(int queueSize) {
        return availEvent(queueSize) + 2;
    }
}
