package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreAround;
import dev.isthmus.blk.store.StoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Another store, which gets its requests when it is told so: a disk that is as slow as a test wants. */
final class HoldingStore implements StoreAround {
    private final BlockStore store;
    private final Queue<StoreRequest> held = new ConcurrentLinkedQueue<>();

    HoldingStore(BlockStore store) {
        this.store = store;
    }

    int heldCount() {
        return held.size();
    }

    /** Carries out all held requests, as if at once. */
    void release() {
        List<StoreRequest> all = new ArrayList<>(held);
        held.clear();
        all.forEach(store::submit);
    }

    @Override
    public void submit(StoreRequest request) {
        held.add(request);
    }

    @Override
    public BlockStore behind() {
        return store;
    }
}
