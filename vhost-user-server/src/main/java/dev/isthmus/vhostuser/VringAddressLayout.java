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
final class VringAddressLayout {
    static final int INDEX = 0;
    static final int FLAGS = 4;
    static final int DESCRIPTOR = 8;
    static final int USED = 16;
    static final int AVAILABLE = 24;
    static final int LOG = 32;
    static final int BYTES = 40;

    /** {@code VHOST_VRING_F_LOG}: include/uapi/linux/vhost_types.h. */
    static final int FLAG_LOG = 1;

    private VringAddressLayout() {}
}
