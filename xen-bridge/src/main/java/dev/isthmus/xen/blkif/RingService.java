package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.bridge.SharedRing;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One ring and its requests: takes them in order, and answers them in any. The worker's alone; hot, but for what is
 * said to happen at a beginning.
 *
 * <p>A barrier is taken alone: nothing more is taken until all before it and then itself are answered.
 */
final class RingService {
    private final SharedRing ring;
    private final RingJournal journal;
    private final RequestParser parser;
    private final int entryBytes;
    private final DiskService disk;
    private final BlkifCounters counters;
    /** Our port. */
    private final int port;
    private final Request[] requests;

    private final int[] freeSlots;
    private int freeCount;
    /** Slots whose responses are written and not published. */
    private final int[] answeredSlots;
    private int answeredCount;
    /** Slots that are to be executed again, before anything new: from first to last. */
    private int[] again = {};
    private int againNext;

    private int inFlight;
    private @Nullable Request barrier;
    private boolean barrierBegun;
    private boolean stopping;
    private boolean broken;
    /** There may be requests that could not be taken because of what is in flight. */
    private boolean stalled;

    RingService(DiskService disk, SharedRing ring, RingJournal journal, RequestParser parser, int entryBytes, int index,
            int port, BlkifCounters counters) {
        this.disk = disk;
        this.port = port;
        this.ring = ring;
        this.journal = journal;
        this.parser = parser;
        this.entryBytes = entryBytes;
        this.counters = counters;
        int size = ring.size();
        this.requests = new Request[size];
        this.freeSlots = new int[size];
        this.answeredSlots = new int[size];
        for (int slot = 0; slot < size; slot++) {
            requests[slot] = new Request(this, index, slot, journal.request(slot));
        }
    }

    /**
     * Begins, or goes on where a predecessor of this process ended.
     *
     * @throws IOException when the ring was used and the journal does not tell how
     */
    void begin() throws IOException {
        int responses = ring.responsesInRing();
        List<Integer> unanswered = IntStream.range(0, requests.length)
                .filter(slot -> journal.isUnanswered(slot, responses)).boxed()
                .sorted(Comparator.comparingInt((Integer slot) -> journal.index(slot) - responses)).toList();
        ring.begin(journal.consumer(), responses);
        if (journal.consumer() - responses != unanswered.size() || ring.pending() == SharedRing.BROKEN) {
            if (responses != 0) {
                throw new IOException("the ring has been used (" + Integer.toUnsignedString(responses)
                        + " responses) and the journal knows nothing of it");
            }
            unanswered = List.of();
            journal.clear();
            ring.begin(0, 0);
        }
        unanswered.forEach(journal::takenAgain);
        again = unanswered.stream().mapToInt(Integer::intValue).toArray();
        inFlight = again.length;
        for (int slot = requests.length - 1; slot >= 0; slot--) {
            if (!unanswered.contains(slot)) {
                journal.release(slot);
                freeSlots[freeCount++] = slot;
            }
        }
    }

    /** Everything that is not answered is executed again: the back-end that had it is gone, and so are its pages. */
    void beginAgain() {
        boolean[] free = new boolean[requests.length];
        for (int i = 0; i < freeCount; i++) {
            free[freeSlots[i]] = true;
        }
        int consumer = ring.requestConsumer();
        again = IntStream.range(0, requests.length).filter(slot -> !free[slot]).boxed()
                .sorted(Comparator.comparingInt(slot -> journal.index(slot) - consumer))
                .mapToInt(Integer::intValue).toArray();
        againNext = 0;
        barrier = null;
        barrierBegun = false;
        counters.resubmitted.add(again.length);
        Arrays.stream(requests).forEach(request -> request.pageCount = 0);
    }

    /** Takes requests as long as there are any, and room; how many. */
    int take(int budget) {
        stalled = true;
        if (barrier != null) {
            return beginBarrier();
        }
        int pending = pending();
        int taken = 0;
        while (taken < budget && disk.hasRoom() && barrier == null) {
            Request request;
            if (againNext < again.length) {
                request = requests[again[againNext++]];
            } else if (pending == 0) {
                stalled = false;
                break;
            } else if (freeCount == 0) {
                break;
            } else {
                request = takeNew();
                pending--;
            }
            taken++;
            execute(request);
        }
        return taken;
    }

    private int pending() {
        if (broken || stopping) {
            return 0;
        }
        int pending = ring.pending();
        if (pending == SharedRing.BROKEN) {
            broken = true;
            counters.device.ringFaults.increment();
            return 0;
        }
        return pending;
    }

    private Request takeNew() {
        int slot = freeSlots[--freeCount];
        int index = ring.requestConsumer();
        HostMemory.copy(ring.requestEntry(), journal.request(slot), entryBytes);
        journal.taken(slot, index);
        ring.consume();
        inFlight++;
        return requests[slot];
    }

    private void execute(Request request) {
        RequestFault fault = parser.parse(request);
        if (fault != RequestFault.NONE) {
            disk.refuse(request, fault);
        } else if (request.barrier) {
            barrier = request;
            beginBarrier();
        } else {
            disk.begin(request);
        }
    }

    private int beginBarrier() {
        Request waiting = barrier;
        if (waiting == null || barrierBegun || inFlight > 1 + again.length - againNext || !disk.hasRoom()) {
            return 0;
        }
        barrierBegun = true;
        disk.begin(waiting);
        return 1;
    }

    /** Of an indirect request, as they were copied. */
    RequestFault parseSegments(Request request, long segments) {
        return parser.parseSegments(request, segments);
    }

    /** Writes the response; {@link #publish} shows it. */
    void answer(Request request, int status) {
        int response = ring.responseProducer();
        RequestLayout.putResponse(ring.responseEntry(), request.id, request.operation, status);
        ring.respond();
        journal.answered(request.slot, response);
        answeredSlots[answeredCount++] = request.slot;
        inFlight--;
        if (request == barrier) {
            barrier = null;
            barrierBegun = false;
        }
    }

    /** Shows the guest what was answered, and notifies it if it wants that. */
    void publish(EventChannels channels) {
        if (answeredCount == 0) {
            return;
        }
        if (ring.publish()) {
            channels.signal(port);
            counters.device.eventsSent.increment();
        } else {
            counters.device.eventsSuppressed.increment();
        }
        for (int i = 0; i < answeredCount; i++) {
            int slot = answeredSlots[i];
            journal.release(slot);
            freeSlots[freeCount++] = slot;
        }
        answeredCount = 0;
    }

    /** Asks for an event; whether there is something to be taken already. A ring that waits for answers does not. */
    boolean awaitRequests() {
        if (broken || stopping || stalled) {
            return false;
        }
        ring.askForEvent();
        return ring.pending() != 0;
    }

    /** Takes nothing new any more. */
    void stop() {
        stopping = true;
    }

    int port() {
        return port;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isBroken() {
        return broken;
    }

    void disk(BlkifProperties properties) {
        parser.disk(properties);
    }
}
