package dev.isthmus.vhostuser;

/**
 * The vhost-user specification, "Memory region description" without XEN_MMAP, and the two payloads made of it.
 *
 * <pre>
 *  region               0               8        16             24            32
 *                       +---------------+--------+--------------+-------------+
 *                       | guest address |  size  | user address | mmap offset |
 *                       +---------------+--------+--------------+-------------+
 *
 *  SET_MEM_TABLE        0             4         8          40
 *                       +-------------+---------+----------+----------+---
 *                       | num regions | padding | region 0 | region 1 | ...
 *                       +-------------+---------+----------+----------+---
 *
 *  ADD_MEM_REG,         0                       8          40
 *  REM_MEM_REG          +-----------------------+----------+
 *                       |        padding        |  region  |
 *                       +-----------------------+----------+
 * </pre>
 */
public final class MemoryRegionLayout {
    public static final int GUEST_ADDRESS = 0;
    public static final int SIZE = 8;
    public static final int USER_ADDRESS = 16;
    public static final int MMAP_OFFSET = 24;
    public static final int BYTES = 32;

    public static final int TABLE_COUNT = 0;
    public static final int TABLE_REGIONS = 8;

    public static final int SINGLE_REGION = 8;
    public static final int SINGLE_BYTES = SINGLE_REGION + BYTES;

    private MemoryRegionLayout() {}

    /** Payload bytes of a SET_MEM_TABLE with this many regions. */
    public static int tableBytes(int regions) {
        return TABLE_REGIONS + regions * BYTES;
    }
}
