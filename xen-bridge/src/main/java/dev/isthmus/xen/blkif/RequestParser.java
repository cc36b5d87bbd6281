package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;

/**
 * Reads requests and checks all of them that a guest could have got wrong. It reads private copies only: what was
 * checked is what will be done. Hot; allocates nothing.
 */
final class RequestParser {
    private static final int SECTORS_PER_PAGE = GrantTable.PAGE_BYTES / RequestLayout.SECTOR_BYTES;

    private final RequestLayout layout;
    private BlkifProperties disk;

    RequestParser(RequestLayout layout, BlkifProperties disk) {
        this.layout = layout;
        this.disk = disk;
    }

    void disk(BlkifProperties newDisk) {
        disk = newDisk;
    }

    /**
     * Fills a request from its copy. Its id and operation are right whatever else is wrong. When it is indirect, its
     * segments are to be copied and handed to {@link #parseSegments}.
     */
    RequestFault parse(Request request) {
        request.id = HostMemory.u64(request.copy + layout.id);
        request.operation = HostMemory.u8(request.copy + RequestLayout.OPERATION);
        request.sector = HostMemory.u64(request.copy + layout.sector);
        request.sectors = 0;
        request.segments = 0;
        request.steps = 0;
        request.write = false;
        request.barrier = false;
        request.indirect = false;
        return switch (request.operation) {
            case BlkifOperation.READ -> direct(request, false);
            case BlkifOperation.WRITE -> direct(request, true);
            case BlkifOperation.FLUSH_DISKCACHE -> flush(request, false);
            case BlkifOperation.WRITE_BARRIER -> flush(request, true);
            case BlkifOperation.DISCARD -> discard(request);
            case BlkifOperation.INDIRECT -> indirect(request);
            default -> RequestFault.UNSUPPORTED_OPERATION;
        };
    }

    private RequestFault direct(Request request, boolean write) {
        int count = HostMemory.u8(request.copy + RequestLayout.SEGMENT_COUNT);
        if (count == 0 || count > RequestLayout.DIRECT_SEGMENTS_MAX) {
            return RequestFault.SEGMENT_COUNT;
        }
        request.write = write;
        request.segments = count;
        return parseSegments(request, request.copy + layout.segments);
    }

    /** Both may come with data or without; a barrier's data is stable when it is answered. */
    private RequestFault flush(Request request, boolean barrier) {
        if (!disk.flush()) {
            return RequestFault.UNSUPPORTED_OPERATION;
        }
        if (HostMemory.u8(request.copy + RequestLayout.SEGMENT_COUNT) != 0) {
            RequestFault fault = direct(request, true);
            if (fault != RequestFault.NONE) {
                return fault;
            }
        }
        request.barrier = barrier;
        request.steps |= Request.FLUSH_BEFORE | (barrier && request.segments > 0 ? Request.FLUSH_AFTER : 0);
        return RequestFault.NONE;
    }

    private RequestFault discard(Request request) {
        if (!disk.discard()) {
            return RequestFault.UNSUPPORTED_OPERATION;
        }
        if ((HostMemory.u8(request.copy + RequestLayout.FLAG) & BlkifOperation.DISCARD_SECURE) != 0) {
            return RequestFault.SECURE_DISCARD;
        }
        request.write = true;
        request.sectors = HostMemory.u64(request.copy + layout.discardSectors);
        request.steps = request.sectors == 0 ? 0 : Request.DISCARD;
        return range(request);
    }

    private RequestFault indirect(Request request) {
        if (disk.indirectSegmentsMax() == 0) {
            return RequestFault.UNSUPPORTED_OPERATION;
        }
        // The response names the operation that is meant, as blkback's does and blkfront expects.
        request.operation = HostMemory.u8(request.copy + RequestLayout.INDIRECT_OPERATION);
        if (request.operation != BlkifOperation.READ && request.operation != BlkifOperation.WRITE) {
            return RequestFault.INDIRECT_OPERATION;
        }
        int count = HostMemory.u16(request.copy + RequestLayout.INDIRECT_COUNT);
        if (count == 0 || count > disk.indirectSegmentsMax()) {
            return RequestFault.SEGMENT_COUNT;
        }
        request.write = request.operation == BlkifOperation.WRITE;
        request.segments = count;
        request.indirect = true;
        request.indirectReference = (int) HostMemory.u32(request.copy + layout.indirectReferences);
        return RequestFault.NONE;
    }

    /** Reads as many segments as the request has. */
    RequestFault parseSegments(Request request, long segments) {
        long sectors = 0;
        for (int i = 0; i < request.segments; i++) {
            long segment = segments + (long) i * RequestLayout.SEGMENT_BYTES;
            int first = HostMemory.u8(segment + RequestLayout.SEGMENT_FIRST);
            int last = HostMemory.u8(segment + RequestLayout.SEGMENT_LAST);
            if (first > last || last >= SECTORS_PER_PAGE) {
                return RequestFault.SEGMENT_OUTSIDE_PAGE;
            }
            request.references[i] = (int) HostMemory.u32(segment + RequestLayout.SEGMENT_REFERENCE);
            request.offsets[i] = first * RequestLayout.SECTOR_BYTES;
            request.lengths[i] = (last - first + 1) * RequestLayout.SECTOR_BYTES;
            sectors += last - first + 1;
        }
        request.sectors = sectors;
        request.steps = Request.DATA;
        return range(request);
    }

    private RequestFault range(Request request) {
        if (request.write && disk.readOnly()) {
            return RequestFault.READ_ONLY;
        }
        // All of it may be negative as Java reads it: by subtraction, and never beyond what a disk can have.
        long size = disk.sectors();
        if (request.sector < 0 || request.sectors < 0 || request.sector > size
                || request.sectors > size - request.sector) {
            return RequestFault.BEYOND_THE_END;
        }
        int block = disk.sectorBytes() / RequestLayout.SECTOR_BYTES;
        if (((request.sector | request.sectors) & block - 1) != 0) {
            return RequestFault.NOT_WHOLE_BLOCKS;
        }
        return RequestFault.NONE;
    }
}
