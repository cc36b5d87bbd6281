package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.FrontendVring;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One virtqueue of the back-end and the requests in it. Hot; the worker's alone. */
final class BackendQueue {
    private final DriverVirtqueue queue;
    private final FrontendVring vring;
    private final BlkChains chains;
    private final Request[] byHead;
    /** Have no descriptors yet. */
    private final ArrayDeque<Request> waiting;

    BackendQueue(DriverVirtqueue queue, FrontendVring vring, BlkChains chains, int requests) {
        this.queue = queue;
        this.vring = vring;
        this.chains = chains;
        this.byHead = new Request[queue.size()];
        this.waiting = new ArrayDeque<>(requests);
    }

    void submit(Request request) {
        if (!waiting.isEmpty() || !add(request)) {
            waiting.addLast(request);
        }
    }

    private boolean add(Request request) {
        DriverChain chain = chains.describe(request);
        int head = queue.add(chain);
        if (head < 0) {
            return false;
        }
        byHead[head] = request;
        return true;
    }

    void publish() {
        while (!waiting.isEmpty() && add(waiting.getFirst())) {
            waiting.removeFirst();
        }
        if (queue.publish()) {
            vring.kick();
        }
    }

    @Nullable
    Request takeFinished() {
        if (queue.pending() <= 0) {
            return null;
        }
        int head = queue.takeUsed();
        return head < 0 ? null : byHead[head];
    }

    DriverVirtqueue queue() {
        return queue;
    }

    FrontendVring vring() {
        return vring;
    }
}
