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
final class ConfigLayout {
    static final int OFFSET = 0;
    static final int SIZE = 4;
    static final int FLAGS = 8;
    static final int CONTENTS = 12;
    /** Without contents. */
    static final int BYTES = 12;

    private ConfigLayout() {}
}
