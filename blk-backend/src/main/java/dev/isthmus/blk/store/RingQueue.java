package dev.isthmus.blk.store;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.FileRing;
import java.util.ArrayDeque;

/**
 * One vring worker's way into an image whose worker has io_uring. What the page cache has is answered at once, as by
 * any other way. To the store's threads goes what io_uring cannot do (block device ioctls, O_DIRECT with buffers that
 * must be copied), and what comes when the ring is full.
 */
final class RingQueue implements StoreQueue {
    final int fd;
    final ImageIo io;
    final RangeIo ranges;
    final StorePool pool;
    final FileRing files;
    private final InlineIo inline;
    private final ArrayDeque<RingTask> free = new ArrayDeque<>();

    RingQueue(OwnedFd fd, ImageIo io, InlineIo inline, RangeIo ranges, StorePool pool, FileRing files) {
        this.fd = fd.number();
        this.io = io;
        this.inline = inline;
        this.ranges = ranges;
        this.pool = pool;
        this.files = files;
    }

    @Override
    public void submit(StoreRequest request) {
        if (inline.tryComplete(request)) {
            return;
        }
        if (files.hasRoom() && !io.refuses(request) && io.fits(request)) {
            RingTask task = free.isEmpty() ? new RingTask(this, request) : free.pop();
            task.begin(request);
        } else {
            pool.submit(request);
        }
    }

    void reuse(RingTask task) {
        free.push(task);
    }
}
