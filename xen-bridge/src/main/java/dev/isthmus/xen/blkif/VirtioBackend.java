package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.PagePool;
import dev.isthmus.xen.bridge.VirtioQueues;
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
    private final VirtioQueues virtio;
    private int nextQueue;
    private int status;

    private VirtioBackend(BackendConnection connection, int rings, int poolBytes) throws IOException {
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
            this.virtio = VirtioQueues.withRoomFor(count);
            closers.push(virtio::close);
            for (int i = 0; i < count; i++) {
                SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, Limits.QUEUE_SIZE,
                        connection.features(), 0, BlkChains.PIECES_MAX);
                virtio.start(connection.frontend(), queue);
                queues[i] = new BackendQueue(queue, virtio.vring(i), chains, Limits.REQUESTS_MAX);
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

    /** To be slept on. */
    VirtioQueues virtio() {
        return virtio;
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
