package dev.isthmus.xen.netif;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.PagePool;
import org.jspecify.annotations.Nullable;

/** A transmitq of the back-end and the frames in it. Hot; the worker's alone. */
final class VirtioSender {
    private final DriverVirtqueue queue;
    private final FrontendVring vring;
    private final SharedMemory memory;
    private final PagePool pages;
    private final DriverChain chain = DriverChain.withRoomFor(Limits.PAGES_MAX);
    private final Frame[] byHead;
    private final Frame[] free;
    private int freeCount;

    VirtioSender(DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, long features) {
        this.queue = queue;
        this.vring = vring;
        this.memory = memory;
        this.byHead = new Frame[queue.size()];
        this.pages = new PagePool(memory.take((long) Limits.SEND_PAGES * GrantTable.PAGE_BYTES, GrantTable.PAGE_BYTES),
                Limits.SEND_PAGES);
        // So many frames always find descriptors.
        boolean indirect = (features & DriverVirtqueue.INDIRECT_DESC) != 0;
        this.free = new Frame[indirect ? queue.size() : queue.size() / Limits.PAGES_MAX];
        while (freeCount < free.length) {
            free[freeCount++] = new Frame();
        }
    }

    @Nullable
    Frame prepare() {
        if (freeCount == 0 || pages.free() < Limits.PAGES_MAX) {
            reap();
            if (freeCount == 0 || pages.free() < Limits.PAGES_MAX) {
                return null;
            }
        }
        Frame frame = free[--freeCount];
        frame.clear();
        frame.header = pages.take();
        return frame;
    }

    long page() {
        return pages.take();
    }

    void send(Frame frame) {
        chain.clear();
        // The header is before the first piece.
        chain.addReadable(memory.guestAddressOf(frame.header), NetLayout.HEADER_BYTES + frame.lengths[0]);
        for (int i = 1; i < frame.pieces; i++) {
            chain.addReadable(memory.guestAddressOf(frame.addresses[i]), frame.lengths[i]);
        }
        int head = queue.add(chain);
        if (head < 0) {
            throw new IllegalStateException("more frames than descriptors");
        }
        byHead[head] = frame;
    }

    /** It is sent, or will not be: it and its pages are free. */
    void give(Frame frame) {
        for (int i = frame.pieces - 1; i >= 1; i--) {
            pages.give(frame.addresses[i]);
        }
        pages.give(frame.header);
        free[freeCount++] = frame;
    }

    private void reap() {
        for (int pending = queue.pending(); pending > 0; pending--) {
            int head = queue.takeUsed();
            if (head < 0) {
                return;
            }
            give(byHead[head]);
        }
    }

    void publish() {
        if (queue.publish()) {
            vring.kick();
        }
        reap();
    }

    int inFlight() {
        reap();
        return queue.inFlight();
    }
}
