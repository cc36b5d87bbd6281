package dev.isthmus.virtqueue;

/**
 * {@code struct virtq_avail}, virtio 1.3, 2.7.6; written by the driver.
 *
 * <pre>
 *    0       2       4                      4 + 2 * size
 *   +-------+-------+------- ... ----------+------------+
 *   | flags | idx   | ring[size] of u16    | used_event |
 *   +-------+-------+------- ... ----------+------------+
 * </pre>
 */
public final class VirtqAvail {
    public static final int FLAGS = 0;
    public static final int IDX = 2;
    public static final int RING = 4;
    public static final int ENTRY_BYTES = 2;

    public static final int F_NO_INTERRUPT = 1;

    public static final int ALIGNMENT = 2;

    private VirtqAvail() {}

    public static long usedEvent(int queueSize) {
        return RING + (long) ENTRY_BYTES * queueSize;
    }

    /** With {@code used_event}, which is there whether negotiated or not (2.7, table of sizes). */
    public static long bytes(int queueSize) {
        return usedEvent(queueSize) + 2;
    }
}
