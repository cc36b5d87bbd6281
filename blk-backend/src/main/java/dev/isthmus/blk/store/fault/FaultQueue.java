package dev.isthmus.blk.store.fault;

import dev.isthmus.blk.store.StoreQueue;
import dev.isthmus.blk.store.StoreRequest;

/** One vring worker's way through a {@link FaultStore}: past it, unless a rule says otherwise. */
final class FaultQueue implements StoreQueue {
    private final FaultStore faults;
    private final StoreQueue next;

    FaultQueue(FaultStore faults, StoreQueue next) {
        this.faults = faults;
        this.next = next;
    }

    @Override
    public void submit(StoreRequest request) {
        if (!faults.suffers(request)) {
            next.submit(request);
        }
    }
}
