package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.blk.BlkGeometry;
import dev.isthmus.frontend.blk.BlkLayout;
import dev.isthmus.linux.HostMemory;

/**
 * Makes a request of virtio-blk of a step, virtio 1.3, 5.2.6. Each request of the guest has a place of its own for
 * header and status. Hot; the worker's alone.
 *
 * <pre>
 *   0 header, 16 bytes     16 range of a discard, 16 bytes     32 status     64
 * </pre>
 */
final class BlkChains {
    /** Header and status beside the data. */
    static final int PIECES_MAX = Limits.SEGMENTS_MAX + 2;

    private static final int PLACE_BYTES = 64;
    private static final int RANGE = 16;
    private static final int STATUS = 32;
    /** No status of virtio-blk. */
    private static final int UNANSWERED = 0xee;

    private final SharedMemory memory;
    private final long places;
    private final BlkGeometry geometry;
    private final DriverChain chain = DriverChain.withRoomFor(PIECES_MAX);

    BlkChains(SharedMemory memory, BlkGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
        this.places = memory.take((long) Limits.REQUESTS_MAX * PLACE_BYTES, PLACE_BYTES);
    }

    /** Bytes of shared memory that are taken at most. */
    static long bytes() {
        return (long) (Limits.REQUESTS_MAX + 1) * PLACE_BYTES;
    }

    private long place(Request request) {
        return places + (long) request.number() * PLACE_BYTES;
    }

    /** The chain is the same object each time. */
    DriverChain describe(Request request) {
        long place = place(request);
        int step = request.step();
        int type = switch (step) {
            case Request.DATA -> request.write ? BlkLayout.T_OUT : BlkLayout.T_IN;
            case Request.DISCARD -> BlkLayout.T_DISCARD;
            default -> BlkLayout.T_FLUSH;
        };
        HostMemory.putU32(place + BlkLayout.TYPE, type);
        HostMemory.putU32(place + BlkLayout.RESERVED, 0);
        HostMemory.putU64(place + BlkLayout.SECTOR, step == Request.DATA ? request.sector : 0);
        HostMemory.putU8(place + STATUS, UNANSWERED);
        chain.clear();
        chain.addReadable(memory.guestAddressOf(place), BlkLayout.HEADER_BYTES);
        if (step == Request.DATA) {
            addData(request);
        } else if (step == Request.DISCARD) {
            HostMemory.putU64(place + RANGE + BlkLayout.RANGE_SECTOR, request.sector);
            HostMemory.putU32(place + RANGE + BlkLayout.RANGE_SECTORS, discardSectors(request));
            HostMemory.putU32(place + RANGE + BlkLayout.RANGE_FLAGS, 0);
            chain.addReadable(memory.guestAddressOf(place + RANGE), BlkLayout.RANGE_BYTES);
        }
        chain.addWritable(memory.guestAddressOf(place + STATUS), BlkLayout.STATUS_BYTES);
        return chain;
    }

    /** Pages that lie side by side are one piece. */
    private void addData(Request request) {
        long begin = request.pages[0];
        long end = begin;
        for (int i = 0; i < request.segments; i++) {
            long page = request.pages[i];
            int length = request.lengths[i];
            if (page != end || end - begin + length > geometry.segmentBytesMax()) {
                addPiece(request.write, begin, end);
                begin = page;
            }
            end = page + length;
        }
        addPiece(request.write, begin, end);
    }

    private void addPiece(boolean write, long begin, long end) {
        if (write) {
            chain.addReadable(memory.guestAddressOf(begin), (int) (end - begin));
        } else {
            chain.addWritable(memory.guestAddressOf(begin), (int) (end - begin));
        }
    }

    /** Of the next range: a device discards so many at once. */
    private long discardSectors(Request request) {
        return Math.min(request.sectors, geometry.discardSectorsMax());
    }

    /** A discard's range is done; whether more is left. */
    boolean advanceDiscard(Request request) {
        long done = discardSectors(request);
        request.sector += done;
        request.sectors -= done;
        return request.sectors > 0;
    }

    /** What the device said, as a number of {@link BlkifOperation}. */
    int status(Request request) {
        int status = HostMemory.u8(place(request) + STATUS);
        if (status == BlkLayout.S_OK) {
            return BlkifOperation.OKAY;
        }
        // blkif.h: not supported is for what need not be; a guest would not believe it of a read.
        boolean optional = request.step() != Request.DATA;
        return status == BlkLayout.S_UNSUPP && optional ? BlkifOperation.EOPNOTSUPP : BlkifOperation.ERROR;
    }
}
