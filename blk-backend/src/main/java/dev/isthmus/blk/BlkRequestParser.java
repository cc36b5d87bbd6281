package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.DescriptorChain;
import java.lang.foreign.Arena;

/**
 * Reads a request out of a sound descriptor chain. The guest may change its memory meanwhile, so header and ranges are
 * copied and then looked at. Owned by one worker.
 *
 * <pre>
 *   device-readable   | type u32 | reserved u32 | sector u64 | data of OUT, or ranges of 16 bytes ... |
 *   device-writable   | data of IN or GET_ID ...                                        | status u8 |
 * </pre>
 *
 * <p>virtio 1.3, 2.7.4.1: any of these may be cut into descriptors anywhere. What is data is found by trimming the
 * chain's own array of pieces in place: header bytes from its front, the status byte from its end.
 */
final class BlkRequestParser {
    private static final int HEADER_BYTES = 16;
    private static final int RANGE_BYTES = 16;
    private static final int RANGE_UNMAP = 1;
    private static final int TYPE = 0;
    private static final int SECTOR = 8;
    private static final long SECTOR_BYTES = BlockLimits.SECTOR_BYTES;

    private final long features;
    /** Copies of header and ranges. */
    private final long scratch;

    /** The piece from which {@link #skip} and {@link #gather} go on. */
    private int piece;

    /** @param features negotiated features */
    BlkRequestParser(long features, Arena arena) {
        this.features = features;
        this.scratch = arena.allocate((long) RANGE_BYTES * Limits.RANGES_MAX, Long.BYTES).address();
    }

    /**
     * Fills {@code request}, which was reset; {@link BlkRequest#fault} is NONE if it may be done. The status byte is
     * found first: whatever is wrong after that can be answered.
     */
    void parse(DescriptorChain chain, BlockLimits limits, BlkRequest request) {
        if (chain.writableBytes() == 0) {
            request.fault(BlkRequestFault.NO_STATUS);
            return;
        }
        request.status(chain.lastWritableByte(), chain.writableBytes());
        if (chain.readableBytes() < HEADER_BYTES) {
            request.fault(BlkRequestFault.HEADER_SHORT);
            return;
        }
        piece = 0;
        long header = header(chain);
        BlkRequestType type = BlkRequestType.of(HostMemory.u32(header + TYPE));
        long sector = HostMemory.u64(header + SECTOR);
        request.type(type);
        request.fault(switch (type) {
            case IN -> in(chain, limits, sector, request);
            case OUT -> out(chain, limits, sector, request);
            case FLUSH -> flush(request);
            case GET_ID -> getId(chain, request);
            case DISCARD -> ranges(chain, limits, StoreOperation.DISCARD, request);
            case WRITE_ZEROES -> ranges(chain, limits, StoreOperation.WRITE_ZEROES, request);
            case OTHER -> BlkRequestFault.TYPE;
        });
    }

    /** Where the header is in one piece; each of its fields is to be read once. Nearly every driver sends it so. */
    private long header(DescriptorChain chain) {
        if (chain.length(0) == HEADER_BYTES) {
            piece = 1;
            return chain.address(0);
        }
        gather(chain, scratch, HEADER_BYTES);
        return scratch;
    }

    private BlkRequestFault in(DescriptorChain chain, BlockLimits limits, long sector, BlkRequest request) {
        long length = chain.writableBytes() - 1;
        BlkRequestFault fault = check(limits, sector, length);
        if (fault == BlkRequestFault.NONE) {
            int first = chain.readableCount();
            request.data(StoreOperation.READ, sector * SECTOR_BYTES, length, address(chain, first),
                    withoutStatus(chain) - first);
        }
        return fault;
    }

    private BlkRequestFault out(DescriptorChain chain, BlockLimits limits, long sector, BlkRequest request) {
        if (limits.readOnly()) {
            return BlkRequestFault.READ_ONLY;
        }
        long length = chain.readableBytes() - HEADER_BYTES;
        BlkRequestFault fault = check(limits, sector, length);
        if (fault == BlkRequestFault.NONE) {
            request.data(StoreOperation.WRITE, sector * SECTOR_BYTES, length, address(chain, piece),
                    chain.readableCount() - piece);
        }
        return fault;
    }

    private static BlkRequestFault flush(BlkRequest request) {
        request.operation(StoreOperation.FLUSH);
        return BlkRequestFault.NONE;
    }

    private static BlkRequestFault getId(DescriptorChain chain, BlkRequest request) {
        int first = chain.readableCount();
        request.data(StoreOperation.READ, 0, chain.writableBytes() - 1, address(chain, first), withoutStatus(chain)
                - first);
        return BlkRequestFault.NONE;
    }

    private BlkRequestFault ranges(DescriptorChain chain, BlockLimits limits, StoreOperation operation,
            BlkRequest request) {
        boolean discard = operation == StoreOperation.DISCARD;
        if (limits.readOnly()) {
            return BlkRequestFault.READ_ONLY;
        }
        if ((features & (discard ? BlkFeatures.DISCARD : BlkFeatures.WRITE_ZEROES)) == 0) {
            return BlkRequestFault.TYPE;
        }
        long bytes = chain.readableBytes() - HEADER_BYTES;
        long count = bytes / RANGE_BYTES;
        if (count == 0 || count > Limits.RANGES_MAX || bytes % RANGE_BYTES != 0) {
            return BlkRequestFault.RANGE_COUNT;
        }
        gather(chain, scratch, (int) bytes);
        request.operation(operation);
        for (int i = 0; i < count; i++) { // at most RANGES_MAX
            BlkRequestFault fault = range(limits, discard, scratch + (long) i * RANGE_BYTES, request);
            if (fault != BlkRequestFault.NONE) {
                return fault;
            }
        }
        return BlkRequestFault.NONE;
    }

    private static BlkRequestFault range(BlockLimits limits, boolean discard, long range, BlkRequest request) {
        long sector = HostMemory.u64(range);
        long sectors = HostMemory.u32(range + 8);
        long flags = HostMemory.u32(range + 12);
        // 5.2.6.2: any unknown flag, and unmap on DISCARD, is UNSUPP.
        if ((flags & ~RANGE_UNMAP) != 0 || (discard && flags != 0)) {
            return BlkRequestFault.RANGE_FLAGS;
        }
        if (sectors > (discard ? Limits.DISCARD_SECTORS_MAX : Limits.WRITE_ZEROES_SECTORS_MAX)) {
            return BlkRequestFault.RANGE_TOO_LARGE;
        }
        BlkRequestFault fault = check(limits, sector, sectors * SECTOR_BYTES);
        if (fault == BlkRequestFault.NONE) {
            request.addRange(sector * SECTOR_BYTES, sectors * SECTOR_BYTES, (flags & RANGE_UNMAP) != 0);
        }
        return fault;
    }

    /** By subtraction, in unsigned sectors: {@code sector} is the guest's and may be anything. */
    private static BlkRequestFault check(BlockLimits limits, long sector, long lengthBytes) {
        long capacity = limits.sizeBytes() / SECTOR_BYTES;
        long blockMask = limits.logicalBlockBytes() - 1L;
        if ((lengthBytes & blockMask) != 0 || (sector & blockMask / SECTOR_BYTES) != 0) {
            return BlkRequestFault.MISALIGNED;
        }
        boolean inside = Long.compareUnsigned(sector, capacity) <= 0
                && lengthBytes / SECTOR_BYTES <= capacity - sector;
        return inside ? BlkRequestFault.NONE : BlkRequestFault.OUT_OF_RANGE;
    }

    /** Copies the next bytes of the device-readable part and trims them off; they are there. */
    private void gather(DescriptorChain chain, long to, int bytes) {
        int done = 0;
        while (done < bytes) { // at most `bytes` pieces, each has one at least
            long entry = address(chain, piece);
            long base = HostMemory.u64(entry);
            long length = HostMemory.u64(entry + Long.BYTES);
            int take = (int) Math.min(bytes - done, length);
            HostMemory.copy(base, to + done, take);
            done += take;
            if (take == length) {
                piece++;
            } else {
                HostMemory.putU64(entry, base + take);
                HostMemory.putU64(entry + Long.BYTES, length - take);
            }
        }
    }

    /** Trims the status byte off; returns the end of the pieces that are left. */
    private static int withoutStatus(DescriptorChain chain) {
        int last = chain.count() - 1;
        long length = chain.length(last) - 1;
        if (length == 0) {
            return last;
        }
        HostMemory.putU64(address(chain, last) + Long.BYTES, length);
        return last + 1;
    }

    private static long address(DescriptorChain chain, int piece) {
        return chain.iovecAddress() + (long) piece * FileIo.IOVEC_BYTES;
    }
}
