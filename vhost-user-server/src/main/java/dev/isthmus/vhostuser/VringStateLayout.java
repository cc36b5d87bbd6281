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
final class VringStateLayout {
    static final int INDEX = 0;
    static final int NUM = 4;
    static final int BYTES = 8;

    static final long BASE_MAX = 0xffff;

    private VringStateLayout() {}
}
