package dev.isthmus.blk.store.limit;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreAround;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreQueue;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.loop.FileRing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Another store, of which only so much may be asked in a second, while there is a limit; without one, a request costs
 * one more look. What is too much is held and given to the store later, in its order. A flush is never held.
 */
public final class LimitStore implements StoreAround {
    private final BlockStore store;
    /** Guarded by the limiter's lock. */
    private final Queue<StoreRequest> held = new ArrayDeque<>();
    private final LongAdder everHeld = new LongAdder();
    private volatile @Nullable Limiter limiter;

    private LimitStore(BlockStore store) {
        this.store = store;
    }

    /** Takes ownership of {@code store}. */
    public static LimitStore around(BlockStore store) {
        return new LimitStore(store);
    }

    @Override
    public BlockStore behind() {
        return store;
    }

    Queue<StoreRequest> held() {
        return held;
    }

    @Nullable
    Limiter limiter() {
        return limiter;
    }

    /** Called by one thread at a time. What the limiter before held goes to the store. */
    void limiter(@Nullable Limiter after) {
        Limiter before = limiter;
        if (before == after) {
            return;
        }
        if (after != null) {
            after.join(this);
        }
        limiter = after;
        if (before != null) {
            before.leave(this);
        }
    }

    /** What is in force: off if nothing is. */
    public Limit limit() {
        Limiter present = limiter;
        return present == null ? new Limit(0, 0, 0) : present.limit();
    }

    /** Whom it shares its limit with; null without a limit. */
    public @Nullable String group() {
        Limiter present = limiter;
        return present == null ? null : present.name();
    }

    /** Requests that wait for the limit now. */
    public int heldNow() {
        Limiter present = limiter;
        return present == null ? 0 : present.heldOf(this);
    }

    /** Requests that ever waited. */
    public long heldEver() {
        return everHeld.sum();
    }

    boolean holds(StoreRequest request) {
        Limiter present = limiter;
        return present != null && holds(present, request);
    }

    private boolean holds(Limiter present, StoreRequest request) {
        if (request.operation() == StoreOperation.FLUSH || !present.holds(this, request)) {
            return false;
        }
        everHeld.increment();
        return true;
    }

    void letGo() {
        Limiter present = limiter;
        if (present != null) {
            present.letGo(this);
        }
    }

    @Override
    public void submit(StoreRequest request) {
        if (!holds(request)) {
            store.submit(request);
        }
    }

    @Override
    public StoreQueue queue(@Nullable FileRing files) {
        return new LimitQueue(this, store.queue(files));
    }

    @Override
    public void close() throws IOException {
        limiter(null);
        store.close();
    }
}
