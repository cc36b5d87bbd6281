package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "Virtio device config space".
 *
 * <pre>
 *  0        4        8        12            12 + size
 *  +--------+--------+--------+-------------+
 *  | offset |  size  | flags  | contents... |
 *  +--------+--------+--------+-------------+
 * </pre>
 */
public final class ConfigLayout {
    public static final int OFFSET = 0;
    public static final int SIZE = 4;
    public static final int FLAGS = 8;
    public static final int CONTENTS = 12;
    /** Without contents. */
    public static final int BYTES = 12;

    private ConfigLayout() {}
}
