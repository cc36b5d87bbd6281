package dev.isthmus.virtqueue;

/** Feature bits that belong to the queue and not to the device: virtio 1.3, 6. */
public final class VirtqueueFeatures {
    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long VERSION_1 = 1L << 32;

    /** All that this package implements. */
    public static final long ALL = INDIRECT_DESC | EVENT_IDX | VERSION_1;

    private VirtqueueFeatures() {}
}
