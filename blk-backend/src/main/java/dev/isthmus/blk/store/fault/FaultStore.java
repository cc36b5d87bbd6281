package dev.isthmus.blk.store.fault;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreAround;
import dev.isthmus.blk.store.StoreErrors;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreQueue;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import dev.isthmus.linux.Errno;
import dev.isthmus.loop.FileRing;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another store that hangs, is late, fails or is full when it is told so. What fails is counted, logged and shown as if
 * the other store had failed; what hung or was late is carried out by it afterwards.
 *
 * <pre>
 *   submit ──► rule? ──none──► the other store
 *                │
 *                ├─ HANG ────► held ──── another rule, or none ──┐
 *                ├─ DELAY ───► timer ────────────────────────────┴──► the other store
 *                ├─ SHORT ───► the other store, the first half ──► complete(ERROR)
 *                └─ ERROR, NO_SPACE ─────────────────────────────► complete
 * </pre>
 *
 * <p>Without a rule, a request costs one more look and no memory. {@link #rule} may be called by any thread; otherwise
 * threads are those of {@link BlockStore}.
 */
public final class FaultStore implements StoreAround {
    private static final Logger LOG = LoggerFactory.getLogger(FaultStore.class);

    private final String deviceName;
    private final BlockStore store;
    private final StoreErrors errors;
    private final Queue<StoreRequest> held = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer;
    private volatile @Nullable FaultRule rule;

    private FaultStore(String deviceName, BlockStore store) {
        this.deviceName = deviceName;
        this.store = store;
        this.errors = new StoreErrors(deviceName + " (injected)", store.counters());
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("faults-" + deviceName).factory());
    }

    @Override
    public BlockStore behind() {
        return store;
    }

    /** Takes ownership of {@code store}. */
    public static FaultStore around(String deviceName, BlockStore store) {
        return new FaultStore(deviceName, store);
    }

    /** What is to happen from now on, in place of what was; null for nothing. Lets go of what hangs. */
    public void rule(@Nullable FaultRule next) {
        rule = next;
        LOG.warn("{}: faults that are injected: {}", deviceName, next == null ? "none" : next);
        release();
    }

    /** What is happening; null for nothing. */
    public @Nullable FaultRule rule() {
        return rule;
    }

    /** How many requests hang. */
    public int heldCount() {
        return held.size();
    }

    private void release() {
        StoreRequest request = held.poll();
        while (request != null) {
            store.submit(request);
            request = held.poll();
        }
    }

    /** Whether a rule has taken the request out of the hands of the caller, who would give it to the store. */
    boolean suffers(StoreRequest request) {
        FaultRule present = rule;
        if (present == null || !present.hits(request)) {
            return false;
        }
        return suffer(request, present);
    }

    private boolean suffer(StoreRequest request, FaultRule present) {
        switch (present.fault()) {
            case HANG -> hold(request, present);
            case DELAY -> {
                var unused = timer.schedule(() -> store.submit(request), present.delayNanos(), TimeUnit.NANOSECONDS);
            }
            case ERROR -> request.complete(failed(request.operation(), Errno.EIO));
            case NO_SPACE -> request.complete(failed(request.operation(), Errno.ENOSPC));
            case SHORT -> shorten(request);
        }
        return true;
    }

    private void hold(StoreRequest request, FaultRule because) {
        held.add(request);
        if (rule != because) {
            release(); // the rule went away while we looked, and so nobody else might
        }
    }

    private StoreResult failed(StoreOperation operation, int errno) {
        if (operation == StoreOperation.FLUSH) {
            store.counters().countFlushError();
        }
        return errors.resultOf(operation, -errno);
    }

    private void shorten(StoreRequest request) {
        long block = store.limits().logicalBlockBytes();
        long half = request.lengthBytes() / 2 / block * block;
        if (half == 0) {
            request.complete(failed(request.operation(), Errno.EIO));
        } else {
            store.submit(new ShortRequest(request, half, () -> failed(request.operation(), Errno.EIO)));
        }
    }

    @Override
    public void submit(StoreRequest request) {
        if (!suffers(request)) {
            store.submit(request);
        }
    }

    @Override
    public StoreQueue queue(@Nullable FileRing files) {
        return new FaultQueue(this, store.queue(files));
    }

    @Override
    public void activate() throws IOException {
        store.activate();
        store.counters().reopened();
    }

    @Override
    public void look(long nowNanos) {
        store.look(nowNanos);
        errors.look(nowNanos);
    }

    @Override
    public void close() throws IOException {
        timer.shutdown();
        store.close();
    }
}
