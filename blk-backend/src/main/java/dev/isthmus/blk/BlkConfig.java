package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct virtio_blk_config}: virtio 1.3, 5.2.4. Little-endian.
 *
 * <pre>
 *    0 capacity u64            20 blk_size u32               34 num_queues u16
 *    8 size_max u32            24 physical_block_exp u8      36 max_discard_sectors u32
 *   12 seg_max u32             25 alignment_offset u8        40 max_discard_seg u32
 *   16 cylinders u16           26 min_io_size u16            44 discard_sector_alignment u32
 *   18 heads u8                28 opt_io_size u32            48 max_write_zeroes_sectors u32
 *   19 sectors u8              32 writeback u8               52 max_write_zeroes_seg u32
 *                              33 unused0                    56 write_zeroes_may_unmap u8, 57 unused1[3]
 * </pre>
 */
final class BlkConfig {
    static final int BYTES = 60;
    static final int WRITEBACK = 32;

    /** A geometry nobody uses any more, in the form PCs had: 16 heads of 63 sectors. */
    private static final int HEADS = 16;

    private static final int SECTORS_PER_TRACK = 63;
    private static final int CYLINDERS_MAX = 65535;

    private BlkConfig() {}

    static byte[] encode(BlockLimits limits, int queues, boolean writeback) {
        ByteBuffer config = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long sectors = limits.sizeBytes() / BlockLimits.SECTOR_BYTES;
        int logical = limits.logicalBlockBytes();
        config.putLong(0, sectors);
        config.putInt(8, Limits.SEGMENT_BYTES_MAX);
        config.putInt(12, Limits.SEGMENTS_MAX);
        config.putShort(16, (short) Math.min(CYLINDERS_MAX, sectors / (HEADS * SECTORS_PER_TRACK)));
        config.put(18, (byte) HEADS);
        config.put(19, (byte) SECTORS_PER_TRACK);
        config.putInt(20, logical);
        int blocksPerPhysical = limits.physicalBlockBytes() / logical;
        config.put(24, (byte) Integer.numberOfTrailingZeros(blocksPerPhysical));
        config.putShort(26, (short) blocksPerPhysical);
        config.putInt(28, limits.optimalIoBytes() / logical);
        config.put(WRITEBACK, (byte) (writeback ? 1 : 0));
        config.putShort(34, (short) queues);
        if (!limits.readOnly()) {
            encodeRanges(config, limits);
        }
        return config.array();
    }

    private static void encodeRanges(ByteBuffer config, BlockLimits limits) {
        if (limits.discard()) {
            config.putInt(36, Limits.DISCARD_SECTORS_MAX);
            config.putInt(40, Limits.RANGES_MAX);
            config.putInt(44, limits.discardAlignmentBytes() / BlockLimits.SECTOR_BYTES);
        }
        config.putInt(48, Limits.WRITE_ZEROES_SECTORS_MAX);
        config.putInt(52, Limits.RANGES_MAX);
        config.put(56, (byte) (limits.discard() ? 1 : 0));
    }
}
