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
final class VirtqUsed {
    static final int FLAGS = 0;
    static final int IDX = 2;
    static final int RING = 4;
    static final int ENTRY_BYTES = 8;
    static final int ENTRY_LEN = 4;

    static final int F_NO_NOTIFY = 1;

    static final int ALIGNMENT = 4;

    private VirtqUsed() {}

    static long availEvent(int queueSize) {
        return RING + (long) ENTRY_BYTES * queueSize;
    }

    static long bytes(int queueSize) {
        return availEvent(queueSize) + 2;
    }
}
