package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "Inflight description".
 *
 * <pre>
 *  0           8             16           18           20      24
 *  +-----------+-------------+------------+------------+-------+
 *  | mmap size | mmap offset | num queues | queue size | (pad) |
 *  +-----------+-------------+------------+------------+-------+
 * </pre>
 *
 * <p>The specification ends at 20. QEMU sends its C structure, which the compiler pads, and wants as many bytes back
 * (hw/virtio/vhost-user.c, {@code vhost_user_get_inflight_fd}).
 */
public final class InflightLayout {
    public static final int MMAP_SIZE = 0;
    public static final int MMAP_OFFSET = 8;
    public static final int NUM_QUEUES = 16;
    public static final int QUEUE_SIZE = 18;
    public static final int BYTES = 20;
    public static final int PADDED_BYTES = 24;

    private InflightLayout() {}
}
