package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "Header".
 *
 * <pre>
 *  0        4        8        12
 *  +--------+--------+--------+-----------
 *  |request | flags  |  size  | payload...
 *  +--------+--------+--------+-----------
 *
 *  flags   31                        4   3     2   1 0
 *          +--------------------------+------+-----+---+
 *          |  none defined: zero      | need | re- | 1 |  version
 *          |                          | reply| ply |   |
 *          +--------------------------+------+-----+---+
 * </pre>
 */
final class HeaderLayout {
    static final int REQUEST = 0;
    static final int FLAGS = 4;
    static final int SIZE = 8;
    static final int BYTES = 12;

    static final int VERSION = 1;
    static final int VERSION_MASK = 0x3;
    static final int REPLY = 1 << 2;
    static final int NEED_REPLY = 1 << 3;

    private HeaderLayout() {}
}
