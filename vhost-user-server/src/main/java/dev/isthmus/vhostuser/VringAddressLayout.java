package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "A vring address description". The used ring comes before the available ring.
 *
 * <pre>
 *  0        4        8            16           24           32           40
 *  +--------+--------+------------+------------+------------+------------+
 *  | index  | flags  | descriptor |    used    | available  |    log     |
 *  +--------+--------+------------+------------+------------+------------+
 * </pre>
 */
public final class VringAddressLayout {
    public static final int INDEX = 0;
    public static final int FLAGS = 4;
    public static final int DESCRIPTOR = 8;
    public static final int USED = 16;
    public static final int AVAILABLE = 24;
    public static final int LOG = 32;
    public static final int BYTES = 40;

    /** {@code VHOST_VRING_F_LOG}: include/uapi/linux/vhost_types.h. */
    public static final int FLAG_LOG = 1;

    private VringAddressLayout() {}
}
