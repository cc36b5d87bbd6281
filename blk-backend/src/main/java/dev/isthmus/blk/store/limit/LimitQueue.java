package dev.isthmus.blk.store.limit;

import dev.isthmus.blk.store.StoreQueue;
import dev.isthmus.blk.store.StoreRequest;

/** One vring worker's way through a {@link LimitStore}: past it, while there is no limit or not all of it is used. */
final class LimitQueue implements StoreQueue {
    private final LimitStore limits;
    private final StoreQueue next;

    LimitQueue(LimitStore limits, StoreQueue next) {
        this.limits = limits;
        this.next = next;
    }

    @Override
    public void submit(StoreRequest request) {
        if (!limits.holds(request)) {
            next.submit(request);
        }
    }

    @Override
    public void letGo() {
        limits.letGo();
        next.letGo();
    }
}
