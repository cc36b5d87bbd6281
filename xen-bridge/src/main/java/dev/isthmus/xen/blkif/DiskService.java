package dev.isthmus.xen.blkif;

import dev.isthmus.linux.NativeHeap;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;

/**
 * All rings of a connected guest, and the way of a request between them and the back-end. Hot; the worker's alone.
 *
 * <pre>
 *   ring ──► begin ──► fetch segments ──► copy in ──► back-end, step by step ──► copy out ──► finish ──► ring
 *              │        if indirect        a write                                 a read
 *              └── takes a page for each segment                                   gives them back
 * </pre>
 *
 * <p>Copies of many requests are made together; between two turns no copy is left to be made.
 */
final class DiskService implements AutoCloseable {
    private final GrantTable grants;
    private final EventChannels channels;
    private final BlkifCounters counters;
    private final CopyBatch fetches;
    private final CopyBatch copiesIn;
    private final CopyBatch copiesOut;
    /** Segments of indirect requests, by their place in {@link #fetches}. */
    private final long fetched;

    private RingService[] rings = {};
    private Backend backend = new NoBackend();
    /** Everything is answered with an error. */
    private boolean refusing;

    DiskService(GrantTable grants, EventChannels channels, int domain, BlkifCounters counters) {
        this.grants = grants;
        this.channels = channels;
        this.counters = counters;
        this.fetches = new CopyBatch(domain, Limits.REQUESTS_PER_TURN, counters);
        this.copiesIn = new CopyBatch(domain, Limits.COPIES_PER_BATCH, counters);
        this.copiesOut = new CopyBatch(domain, Limits.COPIES_PER_BATCH, counters);
        this.fetched = NativeHeap.allocate((long) Limits.REQUESTS_PER_TURN * Limits.INDIRECT_BYTES_MAX);
        if (fetched == NativeHeap.NONE) {
            throw new OutOfMemoryError("no memory for segments");
        }
    }

    void rings(RingService[] newRings) {
        rings = newRings;
    }

    RingService[] rings() {
        return rings;
    }

    /** Goes on with another back-end, which has nothing of what is in flight. */
    void resume(Backend newBackend, BlkifProperties properties, boolean refuse) {
        backend = newBackend;
        disk(properties, refuse);
        for (RingService ring : rings) {
            ring.beginAgain();
        }
    }

    /** The disk has changed; requests that were begun are the back-end's to judge. */
    void disk(BlkifProperties properties, boolean refuse) {
        refusing = refuse;
        for (RingService ring : rings) {
            ring.disk(properties);
        }
    }

    /** Looks at everything once; how much there was to do. */
    int turn() {
        int work = finished();
        for (RingService ring : rings) {
            work += ring.take(Limits.REQUESTS_PER_TURN);
            // Each ring fills the batch of fetches at most once.
            fetch();
        }
        copyIn();
        backend.publish();
        publish();
        return work;
    }

    private void publish() {
        int inFlight = 0;
        for (RingService ring : rings) {
            ring.publish(channels);
            inFlight += ring.inFlight();
        }
        counters.inFlight.set(inFlight);
    }

    /** Takes what a back-end that is gone has still done. Nothing more is taken until {@link #resume}. */
    void pause() {
        finished();
        publish();
        backend = new NoBackend();
    }

    /** Steps that the back-end has done. */
    private int finished() {
        int work = 0;
        Request request = backend.takeFinished();
        while (request != null) {
            work++;
            stepDone(request, backend.status());
            request = backend.takeFinished();
        }
        copyOut();
        return work;
    }

    private void stepDone(Request request, int status) {
        if (status != BlkifOperation.OKAY) {
            finish(request, status);
            return;
        }
        request.stepDone();
        if (request.steps != 0) {
            backend.submit(request);
        } else if (request.isRead()) {
            if (!copiesOut.hasRoomFor(request.segments)) {
                copyOut();
            }
            copiesOut.addData(request);
        } else {
            finish(request, BlkifOperation.OKAY);
        }
    }

    /** Whether the largest request would find pages. */
    boolean hasRoom() {
        return backend.pool().free() >= Limits.SEGMENTS_MAX;
    }

    /** A request that was checked; {@link #hasRoom} said yes. */
    void begin(Request request) {
        if (refusing) {
            finish(request, BlkifOperation.ERROR);
            return;
        }
        for (int i = 0; i < request.segments; i++) {
            request.pages[i] = backend.pool().take();
        }
        request.pageCount = request.segments;
        if (request.indirect) {
            fetches.addSegments(request, fetched(fetches.count()));
        } else {
            execute(request);
        }
    }

    private long fetched(int place) {
        return fetched + (long) place * Limits.INDIRECT_BYTES_MAX;
    }

    private void execute(Request request) {
        if (request.steps == 0) {
            finish(request, BlkifOperation.OKAY);
        } else if (request.write && request.segments > 0) {
            if (!copiesIn.hasRoomFor(request.segments)) {
                copyIn();
            }
            copiesIn.addData(request);
        } else {
            backend.submit(request);
        }
    }

    private void fetch() {
        if (fetches.count() == 0) {
            return;
        }
        fetches.run(grants);
        for (int i = 0; i < fetches.count(); i++) {
            Request request = fetches.request(i);
            if (!fetches.isDone(i)) {
                finish(request, BlkifOperation.ERROR);
                continue;
            }
            RequestFault fault = request.ring.parseSegments(request, fetched(i));
            if (fault == RequestFault.NONE) {
                execute(request);
            } else {
                refuse(request, fault);
            }
        }
        fetches.clear();
    }

    private void copyIn() {
        if (copiesIn.count() == 0) {
            return;
        }
        copiesIn.run(grants);
        for (int i = 0; i < copiesIn.count(); i++) {
            if (copiesIn.isDone(i)) {
                backend.submit(copiesIn.request(i));
            } else {
                finish(copiesIn.request(i), BlkifOperation.ERROR);
            }
        }
        copiesIn.clear();
    }

    private void copyOut() {
        if (copiesOut.count() == 0) {
            return;
        }
        copiesOut.run(grants);
        for (int i = 0; i < copiesOut.count(); i++) {
            finish(copiesOut.request(i), copiesOut.isDone(i) ? BlkifOperation.OKAY : BlkifOperation.ERROR);
        }
        copiesOut.clear();
    }

    /** Answers a request that broke a rule. */
    void refuse(Request request, RequestFault fault) {
        if (fault.status == BlkifOperation.ERROR) {
            counters.faults.increment();
        }
        finish(request, fault.status);
    }

    private void finish(Request request, int status) {
        for (int i = request.pageCount - 1; i >= 0; i--) {
            backend.pool().give(request.pages[i]);
        }
        request.pageCount = 0;
        count(request, status);
        request.ring.answer(request, status);
    }

    private void count(Request request, int status) {
        if (status == BlkifOperation.ERROR) {
            counters.errors.increment();
            return;
        }
        if (status == BlkifOperation.EOPNOTSUPP) {
            counters.unsupported.increment();
            return;
        }
        switch (request.operation) {
            case BlkifOperation.READ -> counters.reads.increment();
            case BlkifOperation.WRITE -> counters.writes.increment();
            case BlkifOperation.FLUSH_DISKCACHE -> counters.flushes.increment();
            case BlkifOperation.WRITE_BARRIER -> counters.barriers.increment();
            default -> counters.discards.increment();
        }
        if (request.segments > 0) {
            (request.write ? counters.writtenBytes : counters.readBytes).add(request.bytes());
        }
    }

    /** Of the private memory segments are copied to. */
    long fetchedAddress() {
        return fetched;
    }

    int inFlight() {
        int inFlight = 0;
        for (RingService ring : rings) {
            inFlight += ring.inFlight();
        }
        return inFlight;
    }

    @Override
    public void close() {
        fetches.close();
        copiesIn.close();
        copiesOut.close();
        NativeHeap.free(fetched);
    }
}
