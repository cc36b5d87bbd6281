package dev.isthmus.blk;

import dev.isthmus.blk.store.StoreQueue;
import dev.isthmus.blk.store.StoreResult;
import dev.isthmus.device.CompletionQueue;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.device.Wakeup;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.Virtqueue;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The block device's work on one ring: from chain to store, and from completion to status byte. Hot path.
 *
 * <p>The clock is read once for all chains a turn takes and once for all it hands back: reading it for each request
 * would cost as much as the request. So a request's time runs from the beginning of the turn that takes it to the turn
 * that shows it to the driver.
 */
final class BlkVring implements VringHandler {
    private final BlkDevice device;
    private final StoreQueue store;
    private final Virtqueue queue;
    private final Wakeup wakeup;
    private final BlkQueueCounters counters;
    private final InFlightTimes times;
    /** By head; null: not in flight. */
    private final @Nullable BlkRequest[] requests;
    private final BlkRequestPool pool;
    /** Finished by this thread, inside {@code submit}; a plain list, since nobody else can see it. */
    private final int[] finished;
    private final CompletionQueue completions;
    private final Thread worker = Thread.currentThread();
    private final Arena arena = Arena.ofShared();
    private final BlkRequestParser parser;

    /** The next finished request of those taken from {@link #completions}. */
    private int completion = CompletionQueue.NONE;
    private int finishedCount;
    private int finishedNext;
    private long finishedBytes;
    private int inFlight;
    private boolean abandoned;

    BlkVring(BlkDevice device, VringContext context, BlkQueueCounters counters) {
        this.device = device;
        this.store = device.store().queue(context.files());
        this.queue = context.queue();
        this.wakeup = context.wakeup();
        this.counters = counters;
        this.times = new InFlightTimes(queue.size());
        this.requests = new BlkRequest[queue.size()];
        this.pool = new BlkRequestPool(this);
        this.finished = new int[queue.size()];
        this.completions = new CompletionQueue(queue.size());
        this.parser = new BlkRequestParser(context.features(), arena);
        counters.times(times);
    }

    @Override
    public int takeAvailable(int budget) {
        int head = queue.poll();
        if (head < 0) {
            return 0;
        }
        long nowNanos = System.nanoTime();
        int taken = 0;
        while (true) {
            taken++;
            take(head, nowNanos);
            if (taken == budget || finishedBytes >= Limits.INLINE_BYTES_PER_TURN) {
                return taken;
            }
            head = queue.poll();
            if (head < 0) {
                return taken;
            }
        }
    }

    private void take(int head, long nowNanos) {
        DescriptorChain chain = queue.chain(head);
        BlkRequest request = pool.take(head);
        requests[head] = request;
        times.taken(head, nowNanos);
        if (chain.fault() != ChainFault.NONE) {
            request.status(chain.lastWritableByte(), 0);
            counters.faults(chain.fault()).increment();
            answer(head, request, BlkStatus.IOERR, false, nowNanos);
            return;
        }
        parser.parse(chain, device.limits(), request);
        if (request.fault() != BlkRequestFault.NONE) {
            counters.faults(request.fault()).increment();
            answer(head, request, request.fault().status(), false, nowNanos);
        } else if (request.type() == BlkRequestType.GET_ID) {
            answer(head, request, BlkStatus.OK, device.writeId(request), nowNanos);
        } else {
            request.durable(device.isWriteThrough());
            request.submitted();
            inFlight++;
            int before = finishedCount;
            store.submit(request);
            if (finishedCount != before) {
                finishedBytes += request.lengthBytes();
            }
        }
    }

    private BlkRequest request(int head) {
        BlkRequest request = requests[head];
        if (request == null) {
            throw new IllegalStateException("head " + head + " is not in flight");
        }
        return request;
    }

    /** A store has finished a request. Any thread. */
    void completed(int head) {
        if (worker.equals(Thread.currentThread())) {
            finished[finishedCount++] = head;
        } else {
            completions.push(head);
            wakeup.wake();
        }
    }

    @Override
    public boolean hasCompletions() {
        return finishedCount > 0 || completion != CompletionQueue.NONE || !completions.isEmpty();
    }

    /** May be left by an error when guest memory is gone; what remains is counted off by the next call. */
    @Override
    public int takeCompletions() {
        long nowNanos = System.nanoTime();
        int done = 0;
        while (finishedNext < finishedCount) { // each head is in there once
            hand(finished[finishedNext++], nowNanos);
            done++;
        }
        finishedNext = 0;
        finishedCount = 0;
        finishedBytes = 0;
        if (completion == CompletionQueue.NONE) {
            completion = completions.takeAll();
        }
        while (completion != CompletionQueue.NONE) { // and here
            int head = completion;
            completion = completions.after(head);
            hand(head, nowNanos);
            done++;
        }
        return done;
    }

    private void hand(int head, long nowNanos) {
        BlkRequest request = request(head);
        inFlight--;
        BlkStatus status = status(request.result());
        boolean read = request.type() == BlkRequestType.IN && status == BlkStatus.OK;
        answer(head, request, status, read, nowNanos);
    }

    private static BlkStatus status(StoreResult result) {
        return switch (result) {
            case OK -> BlkStatus.OK;
            case UNSUPPORTED -> BlkStatus.UNSUPP;
            case ERROR, NO_SPACE, READ_ONLY -> BlkStatus.IOERR;
        };
    }

    private void answer(int head, BlkRequest request, BlkStatus status, boolean dataWritten, long nowNanos) {
        if (abandoned) {
            return;
        }
        if (request.statusAddress() != 0) {
            HostMemory.putU8(request.statusAddress(), status.code());
            queue.addUsed(head, request.usedLength(dataWritten));
        } else {
            queue.addUsed(head, 0);
        }
        count(head, request, status, nowNanos);
        requests[head] = null;
        pool.give(request);
    }

    private void count(int head, BlkRequest request, BlkStatus status, long nowNanos) {
        BlkRequestType type = request.type();
        counters.requests(type).increment();
        counters.latency(type).record(times.answered(head, nowNanos));
        if (status != BlkStatus.OK) {
            counters.errors(type).increment();
        } else if (type == BlkRequestType.IN || type == BlkRequestType.OUT) {
            counters.bytes(type).add(request.lengthBytes());
        }
    }

    @Override
    public void letGo() {
        store.letGo();
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public void abandon() {
        abandoned = true;
    }

    @Override
    public void close() {
        counters.times(null);
        arena.close();
    }
}
