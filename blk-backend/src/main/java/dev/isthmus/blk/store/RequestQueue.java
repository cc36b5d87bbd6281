package dev.isthmus.blk.store;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way from vring workers to store threads. Never full: what does not fit into the ring goes to an
 * overflow that grows.
 *
 * <pre>
 *   worker ──► ring (lock-free, 1024 places) ───────────► store thread
 *        └──► overflow (monitor, grows) ──────────────►
 * </pre>
 *
 * <p>A device may have 16 queues of 32768 requests in flight. Places for all of them would be 8 MiB that nearly nobody
 * needs, so the ring holds what drivers usually have in flight, and a worker takes the overflow's monitor only beyond
 * that; it is held for some instructions. The overflow keeps its size, so a steady load allocates nothing.
 *
 * <p>Requests in flight have no order (see {@link BlockStore#submit}), so the two parts need none between them;
 * consumers take from both in turn, or one would starve.
 */
public final class RequestQueue {
    /** Four queues of 256, the usual size of QEMU's. */
    private static final int RING_PLACES = 1024;

    private final RequestRing ring;
    private final ArrayDeque<StoreRequest> overflow = new ArrayDeque<>();
    /** Size of the overflow, readable without its monitor; written under it. */
    private volatile int overflowSize;

    public RequestQueue() {
        this(RING_PLACES);
    }

    RequestQueue(int ringPlaces) {
        ring = new RequestRing(ringPlaces);
    }

    /** Any thread. */
    public void add(StoreRequest request) {
        if (!ring.offer(request)) {
            synchronized (overflow) {
                overflow.addLast(request);
                overflowSize = overflow.size();
            }
        }
    }

    /** A request, or null; {@code turn} is a counter of the calling thread. */
    @Nullable
    public StoreRequest poll(int turn) {
        if ((turn & 1) == 0) {
            StoreRequest request = ring.poll();
            return request != null ? request : pollOverflow();
        }
        StoreRequest request = pollOverflow();
        return request != null ? request : ring.poll();
    }

    private @Nullable StoreRequest pollOverflow() {
        if (overflowSize == 0) {
            return null;
        }
        synchronized (overflow) {
            StoreRequest request = overflow.pollFirst();
            overflowSize = overflow.size();
            return request;
        }
    }

    /** A guess when others are at work. */
    public boolean isEmpty() {
        return ring.isEmpty() && overflowSize == 0;
    }
}
