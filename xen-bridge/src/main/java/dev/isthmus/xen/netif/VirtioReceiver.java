package dev.isthmus.xen.netif;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;
import org.jspecify.annotations.Nullable;

/**
 * A receiveq of the back-end and its buffers: of a page each if frames may lie in several, else each for the largest
 * frame there may be. Hot; the worker's alone.
 */
final class VirtioReceiver {
    private final DriverVirtqueue queue;
    private final FrontendVring vring;
    private final SharedMemory memory;
    private final boolean mergeable;
    private final int bufferBytes;
    private final long begin;
    private final DriverChain chain = DriverChain.withRoomFor(1);
    private final long[] byHead;

    private final Frame[] free;
    private int freeCount;
    /** What has come of a frame of several buffers. */
    private @Nullable Frame partial;
    private int partialMissing;
    /** Of a frame that cannot be: its buffers go back as they come. */
    private boolean partialIsBad;

    VirtioReceiver(DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, long features) {
        this.queue = queue;
        this.vring = vring;
        this.memory = memory;
        this.mergeable = (features & NetLayout.F_MRG_RXBUF) != 0;
        boolean large = (features & (NetLayout.F_GUEST_TSO4 | NetLayout.F_GUEST_TSO6)) != 0;
        int pages = mergeable || !large ? 1 : Limits.LARGE_BUFFER_PAGES;
        this.bufferBytes = pages * GrantTable.PAGE_BYTES;
        this.byHead = new long[queue.size()];
        this.begin = memory.take((long) Limits.RECEIVE_PAGES * GrantTable.PAGE_BYTES, GrantTable.PAGE_BYTES);
        int buffers = Limits.RECEIVE_PAGES / pages;
        this.free = new Frame[buffers];
        for (int i = 0; i < buffers; i++) {
            free[freeCount++] = new Frame();
            offer(begin + (long) i * bufferBytes);
        }
    }

    private void offer(long buffer) {
        chain.clear();
        chain.addWritable(memory.guestAddressOf(buffer), bufferBytes);
        int head = queue.add(chain);
        if (head < 0) {
            throw new IllegalStateException("more buffers than descriptors");
        }
        byHead[head] = buffer;
    }

    @Nullable
    Frame receive() {
        while (queue.pending() > 0) {
            int head = queue.takeUsed();
            if (head < 0) {
                return null;
            }
            Frame frame = add(byHead[head], queue.usedLength());
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    /** A buffer that came back; the frame if it was its last. */
    private @Nullable Frame add(long buffer, long used) {
        Frame frame = partial;
        int header = 0;
        if (frame == null) {
            frame = free[--freeCount];
            frame.clear();
            frame.header = buffer;
            header = NetLayout.HEADER_BYTES;
            // virtio 1.3, 5.1.6.4.1: without mergeable buffers it says nothing, and is 1.
            partialMissing = mergeable ? HostMemory.u16(buffer + NetLayout.NUM_BUFFERS) : 1;
            partialIsBad = partialMissing == 0 || partialMissing > Limits.PAGES_MAX;
        }
        if (used <= header || used > bufferBytes) {
            partialIsBad = true;
        }
        keep(frame, buffer, header, partialIsBad ? header + 1 : (int) used);
        partialMissing--;
        if (partialMissing > 0 && !(partialIsBad && frame.pieces == Limits.PAGES_MAX)) {
            partial = frame;
            return null;
        }
        partial = null;
        boolean tooShort = frame.bytes < Limits.FRAME_BYTES_MIN || frame.headBytes() < Limits.FRAME_BYTES_MIN;
        if (partialIsBad || tooShort || frame.bytes > Limits.FRAME_BYTES_MAX) {
            // Nobody but the back-end is hurt: it has lost a frame of its own.
            release(frame);
            return null;
        }
        return frame;
    }

    /** A guest's slots are pages: what lies in several is several pieces. */
    private void keep(Frame frame, long buffer, int header, int used) {
        int from = header;
        while (from < used) {
            int to = Math.min(used, (from / GrantTable.PAGE_BYTES + 1) * GrantTable.PAGE_BYTES);
            frame.add(buffer + from, to - from);
            from = to;
        }
    }

    /** Its buffers are for other frames. */
    void release(Frame frame) {
        for (int i = 0; i < frame.pieces; i++) {
            long page = i == 0 ? frame.header : frame.addresses[i];
            if ((page - begin) % bufferBytes == 0) {
                offer(page);
            }
        }
        free[freeCount++] = frame;
    }

    void publish() {
        if (queue.publish()) {
            vring.kick();
        }
    }
}
