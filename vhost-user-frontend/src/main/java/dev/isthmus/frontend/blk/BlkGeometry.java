package dev.isthmus.frontend.blk;

import dev.isthmus.frontend.Frontend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Size and abilities of a disk, as its configuration space tells the driver: virtio 1.3, 5.2.4 and 5.2.5.
 *
 * @param sectors capacity in units of 512 bytes
 * @param readOnly F_RO
 * @param flush F_FLUSH: what was written is stable only after a flush
 * @param blockBytes blk_size; a power of two, at least 512
 * @param physicalBlockBytes a power of two multiple of it
 * @param segmentsMax seg_max: pieces of data of one request
 * @param segmentBytesMax size_max: bytes of one piece
 * @param discardSectorsMax sectors of one range; 0: no discard
 * @param discardAlignmentSectors granularity; 0 without discard
 */
public record BlkGeometry(long sectors, boolean readOnly, boolean flush, int blockBytes, int physicalBlockBytes,
        int segmentsMax, int segmentBytesMax, long discardSectorsMax, long discardAlignmentSectors) {
    /** What to negotiate so that {@link #read} can tell. */
    public static final long FEATURES = BlkLayout.F_SIZE_MAX | BlkLayout.F_SEG_MAX | BlkLayout.F_RO
            | BlkLayout.F_BLK_SIZE | BlkLayout.F_FLUSH | BlkLayout.F_TOPOLOGY | BlkLayout.F_DISCARD;

    /** For a device that states no limit: a request's pieces, header and status then fit the smallest usual queue. */
    private static final int SEGMENTS_UNSTATED = 126;

    /** Also of a size_max of 0, by which qemu-storage-daemon 7.2 has none. */
    private static final long NO_LIMIT = Integer.MAX_VALUE;

    private static final int BLOCK_BYTES_MAX = 1 << 16;
    private static final int PHYSICAL_EXPONENT_MAX = 12;
    private static final int BYTES_TO_TOPOLOGY = 32;
    private static final int BYTES_TO_DISCARD = 48;

    /**
     * Asks a back-end.
     *
     * @param features negotiated
     * @throws IOException also when what it says makes no sense
     */
    public static BlkGeometry read(Frontend frontend, long features) throws IOException {
        boolean discard = (features & BlkLayout.F_DISCARD) != 0;
        byte[] contents = frontend.configuration(0, discard ? BYTES_TO_DISCARD : BYTES_TO_TOPOLOGY);
        return decode(ByteBuffer.wrap(contents).order(ByteOrder.LITTLE_ENDIAN), features);
    }

    static BlkGeometry decode(ByteBuffer config, long features) throws IOException {
        long sectors = config.getLong(BlkLayout.CONFIG_CAPACITY);
        long blockBytes = u32(config, BlkLayout.CONFIG_BLK_SIZE, features & BlkLayout.F_BLK_SIZE,
                BlkLayout.SECTOR_BYTES);
        long segmentBytes = u32(config, BlkLayout.CONFIG_SIZE_MAX, features & BlkLayout.F_SIZE_MAX, NO_LIMIT);
        int exponent = (features & BlkLayout.F_TOPOLOGY) == 0 ? 0
                : Byte.toUnsignedInt(config.get(BlkLayout.CONFIG_PHYSICAL_BLOCK_EXP));
        expect(sectors >= 0 && sectors <= Long.MAX_VALUE / BlkLayout.SECTOR_BYTES,
                "a capacity of " + Long.toUnsignedString(sectors) + " sectors");
        expect(blockBytes >= BlkLayout.SECTOR_BYTES && blockBytes <= BLOCK_BYTES_MAX
                && Long.bitCount(blockBytes) == 1, "blocks of " + blockBytes + " bytes");
        expect(exponent <= PHYSICAL_EXPONENT_MAX, "physical blocks of 2^" + exponent + " blocks");
        boolean discard = (features & BlkLayout.F_DISCARD) != 0;
        long discardMax = discard ? u32(config, BlkLayout.CONFIG_MAX_DISCARD_SECTORS, 1, 0) : 0;
        long alignment = discardMax == 0 ? 0 : u32(config, BlkLayout.CONFIG_DISCARD_SECTOR_ALIGNMENT, 1, 0);
        return new BlkGeometry(sectors, (features & BlkLayout.F_RO) != 0, (features & BlkLayout.F_FLUSH) != 0,
                (int) blockBytes, (int) blockBytes << exponent,
                limit(u32(config, BlkLayout.CONFIG_SEG_MAX, features & BlkLayout.F_SEG_MAX, SEGMENTS_UNSTATED)),
                limit(segmentBytes == 0 ? NO_LIMIT : segmentBytes),
                discardMax, alignment);
    }

    private static long u32(ByteBuffer config, int at, long feature, long otherwise) {
        return feature == 0 ? otherwise : Integer.toUnsignedLong(config.getInt(at));
    }

    private static int limit(long value) {
        return (int) Math.min(Integer.MAX_VALUE, value);
    }

    private static void expect(boolean right, String otherwise) throws IOException {
        if (!right) {
            throw new IOException("the back-end says it has " + otherwise);
        }
    }
}
