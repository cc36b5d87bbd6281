package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.frontend.UsedFault;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-blk device behind a vhost-user connection, with memory of its own. Each connection gets new memory: whatever
 * an old back-end may still do to the old one, it does to nobody's data. The worker's alone; hot, but for start, stop
 * and close.
 */
final class VirtioBackend implements Backend, AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final PagePool pool;
    private final BlkChains chains;
    private final BackendQueue[] queues;
    private final OwnedFd call;
    private final long callCount = NativeHeap.allocate(Long.BYTES);
    private int nextQueue;
    private int status;

    private VirtioBackend(BackendConnection connection, int rings, int poolBytes) throws IOException {
        closers.push(() -> NativeHeap.free(callCount));
        int count = Math.min(rings, connection.queues());
        int pages = Math.max(poolBytes, Limits.POOL_BYTES_MIN) / GrantTable.PAGE_BYTES;
        this.queues = new BackendQueue[count];
        try {
            SharedMemory memory = SharedMemory.allocate((long) (pages + 1) * GrantTable.PAGE_BYTES + BlkChains.bytes()
                    + count * SplitDriverVirtqueue.bytes(Limits.QUEUE_SIZE, BlkChains.PIECES_MAX));
            closers.push(memory::close);
            this.pool = new PagePool(memory.take((long) pages * GrantTable.PAGE_BYTES, GrantTable.PAGE_BYTES), pages);
            this.chains = new BlkChains(memory, connection.geometry());
            connection.frontend().share(memory);
            this.call = EventFd.create();
            closers.push(call::close);
            for (int i = 0; i < count; i++) {
                SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, Limits.QUEUE_SIZE,
                        connection.features(), 0, BlkChains.PIECES_MAX);
                FrontendVring vring = connection.frontend().start(i, queue, call);
                closers.push(vring::close);
                queues[i] = new BackendQueue(queue, vring, chains, Limits.REQUESTS_MAX);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Shares memory and starts queues. The connection stays the caller's, who closes it before this.
     *
     * @param rings of the guest
     */
    static VirtioBackend start(BackendConnection connection, int rings, int poolBytes) throws IOException {
        return new VirtioBackend(connection, rings, poolBytes);
    }

    @Override
    public PagePool pool() {
        return pool;
    }

    @Override
    public void submit(Request request) {
        queues[request.ringIndex % queues.length].submit(request);
    }

    @Override
    public void publish() {
        for (BackendQueue queue : queues) {
            queue.publish();
        }
    }

    @Override
    public @Nullable Request takeFinished() {
        for (int looks = 0; looks < queues.length; looks++) {
            Request request = queues[nextQueue].takeFinished();
            while (request != null) {
                status = chains.status(request);
                boolean more = request.step() == Request.DISCARD && status == BlkifOperation.OKAY
                        && chains.advanceDiscard(request);
                if (!more) {
                    return request;
                }
                queues[nextQueue].submit(request);
                request = queues[nextQueue].takeFinished();
            }
            nextQueue = nextQueue + 1 == queues.length ? 0 : nextQueue + 1;
        }
        return null;
    }

    @Override
    public int status() {
        return status;
    }

    /** Readable after a notification; for poll(2). */
    int descriptor() {
        return call.number();
    }

    int queues() {
        return queues.length;
    }

    /** Readable when the back-end gave up on a queue; for poll(2). */
    int errorDescriptor(int queue) {
        return queues[queue].vring().errorDescriptor();
    }

    /** The notification was seen. */
    void drain() {
        EventFd.await(call.number(), callCount);
    }

    /** Asks for a notification; whether there is something already. */
    boolean awaitNotification() {
        boolean any = false;
        for (BackendQueue queue : queues) {
            any |= queue.queue().awaitNotification();
        }
        return any;
    }

    void suppressNotifications() {
        for (BackendQueue queue : queues) {
            queue.queue().suppressNotifications();
        }
    }

    /** Whether the back-end did what none may do to a used ring; nothing more comes from it. */
    boolean isBroken() {
        for (BackendQueue queue : queues) {
            if (queue.queue().fault() != UsedFault.NONE) {
                return true;
            }
        }
        return false;
    }

    /** Nothing is in flight: stops the queues, so that the back-end lets go of the disk before it is disconnected. */
    void stop() throws IOException {
        for (BackendQueue queue : queues) {
            queue.vring().stop();
        }
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
