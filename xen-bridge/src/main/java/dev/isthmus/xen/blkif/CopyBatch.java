package dev.isthmus.xen.blkif;

import dev.isthmus.xen.GrantCopies;
import dev.isthmus.xen.GrantTable;

/** Grant copies of several requests, made together. Hot; the worker's alone. */
final class CopyBatch implements AutoCloseable {
    private final int domain;
    private final BlkifCounters counters;
    private final GrantCopies copies;
    private final Request[] requests;
    /** By request: its first copy; and behind the last one, where the next would begin. */
    private final int[] begins;
    private int count;

    CopyBatch(int domain, int room, BlkifCounters counters) {
        this.domain = domain;
        this.counters = counters;
        this.copies = GrantCopies.withRoomFor(room);
        this.requests = new Request[room];
        this.begins = new int[room + 1];
    }

    boolean hasRoomFor(int more) {
        return copies.room() >= more;
    }

    /** Data of a request from its pages to the guest's, or the other way. */
    void addData(Request request) {
        for (int i = 0; i < request.segments; i++) {
            if (request.write) {
                copies.fromGrant(domain, request.references[i], request.offsets[i], request.pages[i],
                        request.lengths[i]);
            } else {
                copies.toGrant(domain, request.references[i], request.offsets[i], request.pages[i],
                        request.lengths[i]);
            }
        }
        add(request);
    }

    /** Segments of an indirect request, to private memory. */
    void addSegments(Request request, long to) {
        copies.fromGrant(domain, request.indirectReference, 0, to, request.segments * RequestLayout.SEGMENT_BYTES);
        add(request);
    }

    private void add(Request request) {
        requests[count++] = request;
        begins[count] = copies.count();
    }

    void run(GrantTable grants) {
        grants.copy(copies);
        counters.device.grantCopies.add(copies.count());
        counters.device.grantCopyBatches.increment();
    }

    /** Requests in it. */
    int count() {
        return count;
    }

    Request request(int i) {
        return requests[i];
    }

    /** Whether all copies of a request were made. */
    boolean isDone(int i) {
        for (int copy = begins[i]; copy < begins[i + 1]; copy++) {
            if (copies.status(copy) != GrantCopies.OKAY) {
                counters.device.failedCopies.increment();
                return false;
            }
        }
        return true;
    }

    void clear() {
        copies.clear();
        count = 0;
    }

    @Override
    public void close() {
        copies.close();
    }
}
