package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "A vring state description" and "A vring descriptor index for split virtqueues".
 *
 * <pre>
 *  0        4        8
 *  +--------+--------+
 *  | index  |  num   |   num: queue size, 0 or 1 for SET_VRING_ENABLE, or the next available index in its bits 0-15
 *  +--------+--------+
 * </pre>
 */
public final class VringStateLayout {
    public static final int INDEX = 0;
    public static final int NUM = 4;
    public static final int BYTES = 8;

    public static final long BASE_MAX = 0xffff;

    private VringStateLayout() {}
}
