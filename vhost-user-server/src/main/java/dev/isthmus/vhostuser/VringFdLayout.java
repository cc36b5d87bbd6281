package dev.isthmus.vhostuser;

/**
 * The u64 of SET_VRING_KICK, SET_VRING_CALL and SET_VRING_ERR (the vhost-user specification, "Front-end message
 * types").
 *
 * <pre>
 *  63                            9   8   7       0
 *  +------------------------------+------+--------+
 *  |  none defined: zero          | no fd| index  |
 *  +------------------------------+------+--------+
 * </pre>
 */
public final class VringFdLayout {
    public static final int BYTES = 8;

    public static final long INDEX_MASK = 0xff;
    public static final long NO_FD = 1L << 8;

    private VringFdLayout() {}
}
