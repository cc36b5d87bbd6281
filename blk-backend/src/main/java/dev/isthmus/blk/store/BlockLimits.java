package dev.isthmus.blk.store;

/**
 * Size and abilities of a store.
 *
 * @param sizeBytes capacity, a multiple of {@code logicalBlockBytes}
 * @param logicalBlockBytes smallest unit of I/O: a power of two, 512 to 4096
 * @param physicalBlockBytes unit without read-modify-write: a power of two multiple of the logical one
 * @param optimalIoBytes best size of a long transfer; 0 for no preference
 * @param readOnly whether WRITE, DISCARD and WRITE_ZEROES are refused
 * @param discard whether DISCARD frees anything
 * @param writeZeroes whether WRITE_ZEROES is cheaper than writing
 * @param discardAlignmentBytes granularity in which DISCARD frees; a multiple of the logical block
 */
public record BlockLimits(
        long sizeBytes,
        int logicalBlockBytes,
        int physicalBlockBytes,
        int optimalIoBytes,
        boolean readOnly,
        boolean discard,
        boolean writeZeroes,
        int discardAlignmentBytes) {

    public static final int SECTOR_BYTES = 512;
    private static final int LOGICAL_BLOCK_BYTES_MAX = 4096;

    /** Rejects what no store should claim. */
    public BlockLimits {
        boolean logical = Integer.bitCount(logicalBlockBytes) == 1
                && logicalBlockBytes >= SECTOR_BYTES && logicalBlockBytes <= LOGICAL_BLOCK_BYTES_MAX;
        if (!logical) {
            throw new IllegalArgumentException("logical block of " + logicalBlockBytes + " bytes");
        }
        if (sizeBytes < 0 || sizeBytes % logicalBlockBytes != 0) {
            throw new IllegalArgumentException("size of " + sizeBytes + " bytes");
        }
        if (Integer.bitCount(physicalBlockBytes) != 1 || physicalBlockBytes < logicalBlockBytes) {
            throw new IllegalArgumentException("physical block of " + physicalBlockBytes + " bytes");
        }
    }

    /** The same store after it was found out what it cannot do. */
    BlockLimits withAbilities(boolean newDiscard, boolean newWriteZeroes) {
        return new BlockLimits(sizeBytes, logicalBlockBytes, physicalBlockBytes, optimalIoBytes, readOnly, newDiscard,
                newWriteZeroes, discardAlignmentBytes);
    }
}
