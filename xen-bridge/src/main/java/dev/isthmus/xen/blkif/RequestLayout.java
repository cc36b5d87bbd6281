package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;

/**
 * {@code struct blkif_request} and its kin of {@code public/io/blkif.h}, for a machine that aligns 64-bit numbers to 4
 * or to 8 bytes. Offsets in a ring entry.
 *
 * <pre>
 *                                     4    8
 *   operation           u8            0    0
 *   nr_segments, flag   u8            1    1     discard has a flag, indirect the operation that is meant
 *   nr_segments         u16           2    2     of an indirect request
 *   id                  u64           4    8
 *   sector_number       u64          12   16
 *   seg[11]             8 bytes each 20   24     of a direct request: gref u32, first_sect u8, last_sect u8
 *   nr_sectors          u64          20   24     of a discard
 *   handle              u16          20   24     of an indirect request
 *   indirect_grefs[8]   u32 each     24   28     of an indirect request
 *   an entry                        108  112
 * </pre>
 */
final class RequestLayout {
    /** Of sectors in requests and in xenstore, whatever the disk's are. */
    static final int SECTOR_BYTES = 512;

    /** The longer of both. */
    static final int REQUEST_BYTES_MAX = 112;

    static final int OPERATION = 0;
    /** Of direct requests: how many segments. */
    static final int SEGMENT_COUNT = 1;
    /** Of discards. */
    static final int FLAG = 1;
    /** Of indirect requests: read or write. */
    static final int INDIRECT_OPERATION = 1;
    /** Of indirect requests: how many segments, u16. */
    static final int INDIRECT_COUNT = 2;

    /** {@code struct blkif_request_segment}, also in an indirect page. */
    static final int SEGMENT_BYTES = 8;
    static final int SEGMENT_REFERENCE = 0;
    static final int SEGMENT_FIRST = 4;
    static final int SEGMENT_LAST = 5;

    /** {@code struct blkif_response}, in the same entry: id first. */
    static final int RESPONSE_ID = 0;
    static final int RESPONSE_OPERATION = 8;
    static final int RESPONSE_STATUS = 10;

    /** {@code BLKIF_MAX_SEGMENTS_PER_REQUEST}. */
    static final int DIRECT_SEGMENTS_MAX = 11;
    /** {@code BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST}. */
    static final int INDIRECT_PAGES_MAX = 8;

    final int id;
    final int sector;
    final int segments;
    final int discardSectors;
    final int indirectReferences;
    final int entryBytes;

    /** @param alignment of 64-bit numbers, 4 or 8 */
    RequestLayout(int alignment) {
        this.id = alignment;
        this.sector = id + Long.BYTES;
        this.segments = sector + Long.BYTES;
        this.discardSectors = segments;
        this.indirectReferences = segments + 4;
        int end = segments + DIRECT_SEGMENTS_MAX * SEGMENT_BYTES;
        this.entryBytes = (end + alignment - 1) & -alignment;
    }

    /** Writes a response into its entry. */
    static void putResponse(long entry, long id, int operation, int status) {
        HostMemory.putU64(entry + RESPONSE_ID, id);
        HostMemory.putU8(entry + RESPONSE_OPERATION, operation);
        HostMemory.putU16(entry + RESPONSE_STATUS, status);
    }
}
