package dev.isthmus.blk;

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
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The block device's work on one ring: from chain to store, and from completion to status byte. Hot path. */
final class BlkVring implements VringHandler {
    private final BlkDevice device;
    private final Virtqueue queue;
    private final Wakeup wakeup;
    private final BlkQueueCounters counters;
    private final InFlightTimes times;
    /** By head; null: not in flight. */
    private final @Nullable BlkRequest[] requests;
    private final ArrayDeque<BlkRequest> free = new ArrayDeque<>();
    private final CompletionQueue completions;
    private final Arena arena = Arena.ofShared();
    private final BlkRequestParser parser;

    /** The next finished request of those taken from {@link #completions}. */
    private int completion = CompletionQueue.NONE;
    private int inFlight;
    private boolean abandoned;

    BlkVring(BlkDevice device, VringContext context, BlkQueueCounters counters) {
        this.device = device;
        this.queue = context.queue();
        this.wakeup = context.wakeup();
        this.counters = counters;
        this.times = new InFlightTimes(queue.size());
        this.requests = new BlkRequest[queue.size()];
        this.completions = new CompletionQueue(queue.size());
        this.parser = new BlkRequestParser(context.features(), arena);
        counters.times(times);
    }

    @Override
    public int takeAvailable(int budget) {
        int taken = 0;
        while (taken < budget) {
            int head = queue.poll();
            if (head < 0) {
                break;
            }
            taken++;
            take(head);
        }
        return taken;
    }

    private void take(int head) {
        DescriptorChain chain = queue.chain(head);
        BlkRequest request = takeRequest(head);
        times.taken(head, System.nanoTime());
        if (chain.fault() != ChainFault.NONE) {
            request.status(chain.lastWritableByte(), 0);
            counters.faults(chain.fault()).increment();
            answer(head, request, BlkStatus.IOERR, false);
            return;
        }
        parser.parse(chain, device.limits(), request);
        if (request.fault() != BlkRequestFault.NONE) {
            counters.faults(request.fault()).increment();
            answer(head, request, request.fault().status(), false);
        } else if (request.type() == BlkRequestType.GET_ID) {
            answer(head, request, BlkStatus.OK, device.writeId(request));
        } else {
            request.durable(device.isWriteThrough());
            request.submitted();
            inFlight++;
            device.store().submit(request);
        }
    }

    private BlkRequest takeRequest(int head) {
        BlkRequest request = free.isEmpty() ? new BlkRequest(this) : free.pop();
        request.reset(head);
        requests[head] = request;
        return request;
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
        completions.push(head);
        wakeup.wake();
    }

    @Override
    public boolean hasCompletions() {
        return completion != CompletionQueue.NONE || !completions.isEmpty();
    }

    /** May be left by an error when guest memory is gone; what remains is counted off by the next call. */
    @Override
    public int takeCompletions() {
        int done = 0;
        if (completion == CompletionQueue.NONE) {
            completion = completions.takeAll();
        }
        while (completion != CompletionQueue.NONE) { // each head is in there once
            int head = completion;
            completion = completions.after(head);
            BlkRequest request = request(head);
            inFlight--;
            BlkStatus status = status(request.result());
            boolean read = request.type() == BlkRequestType.IN && status == BlkStatus.OK;
            answer(head, request, status, read);
            done++;
        }
        return done;
    }

    private static BlkStatus status(StoreResult result) {
        return switch (result) {
            case OK -> BlkStatus.OK;
            case UNSUPPORTED -> BlkStatus.UNSUPP;
            case ERROR, NO_SPACE, READ_ONLY -> BlkStatus.IOERR;
        };
    }

    private void answer(int head, BlkRequest request, BlkStatus status, boolean dataWritten) {
        if (abandoned) {
            return;
        }
        if (request.statusAddress() != 0) {
            HostMemory.putU8(request.statusAddress(), status.code());
            queue.addUsed(head, request.usedLength(dataWritten));
        } else {
            queue.addUsed(head, 0);
        }
        count(head, request, status);
        requests[head] = null;
        free.push(request);
    }

    private void count(int head, BlkRequest request, BlkStatus status) {
        BlkRequestType type = request.type();
        counters.requests(type).increment();
        counters.latency(type).record(times.answered(head, System.nanoTime()));
        if (status != BlkStatus.OK) {
            counters.errors(type).increment();
        } else if (type == BlkRequestType.IN || type == BlkRequestType.OUT) {
            counters.bytes(type).add(request.lengthBytes());
        }
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
