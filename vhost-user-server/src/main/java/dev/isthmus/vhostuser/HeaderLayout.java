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
public final class HeaderLayout {
    public static final int REQUEST = 0;
    public static final int FLAGS = 4;
    public static final int SIZE = 8;
    public static final int BYTES = 12;

    public static final int VERSION = 1;
    public static final int VERSION_MASK = 0x3;
    public static final int REPLY = 1 << 2;
    public static final int NEED_REPLY = 1 << 3;

    private HeaderLayout() {}
}
