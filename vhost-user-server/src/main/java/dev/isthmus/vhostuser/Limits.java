package dev.isthmus.vhostuser;

/** What this package accepts at most, each with its reason. */
public final class Limits {
    /**
     * Bytes of configuration space in one message: QEMU's {@code VHOST_USER_MAX_CONFIG_SIZE}
     * (hw/virtio/vhost-user.c).
     */
    public static final int CONFIG_BYTES_MAX = 256;

    /**
     * Bytes of payload: the largest legal one is GET_CONFIG's or SET_CONFIG's. Bounds what a header can make us
     * allocate.
     */
    public static final int PAYLOAD_BYTES_MAX = ConfigLayout.BYTES + CONFIG_BYTES_MAX;

    /** Regions in one SET_MEM_TABLE: the vhost-user specification, "Multiple Memory regions description". */
    public static final int REGIONS_PER_TABLE_MAX = 8;

    /** Descriptors with one message: as many as SET_MEM_TABLE has regions; no other message has more. */
    public static final int DESCRIPTORS_MAX = REGIONS_PER_TABLE_MAX;

    /** Entries of a virtqueue: virtio 1.3, 2.7. */
    public static final int QUEUE_SIZE_MAX = 32768;

    /** Queues of a device: SET_VRING_KICK, SET_VRING_CALL and SET_VRING_ERR have eight bits for the index. */
    public static final int QUEUES_MAX = 256;

    private Limits() {}
}
