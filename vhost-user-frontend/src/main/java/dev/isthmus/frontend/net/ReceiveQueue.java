package dev.isthmus.frontend.net;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.linux.HostMemory;

/**
 * Frames to a guest: a receiveq all of whose entries are buffers of one size. One thread uses it; nothing here
 * allocates, blocks or throws for what the back-end did.
 *
 * <pre>
 *   offer() ──► kick, if it says so       receive(to) ... receive(to)       offer() ...
 * </pre>
 */
public final class ReceiveQueue {
    /** {@link #receive}: no frame is there. */
    public static final int NOTHING = 0;

    /** {@link #receive}: the device broke a rule, see {@link #fault}; nothing more comes. */
    public static final int BROKEN = DriverVirtqueue.BROKEN;

    /** Of each buffer: none shares a cache line with another one. */
    static final int ALIGNMENT = 64;

    private final DriverVirtqueue queue;
    private final boolean mergeable;
    private final int bufferBytes;
    private final int stride;
    private final long buffers;
    private final DriverChain[] chains;
    private final int[] free;
    private final int[] bufferOfHead;
    private int freeCount;
    private String fault = "";

    private ReceiveQueue(SharedMemory memory, DriverVirtqueue queue, long features, int bufferBytes) {
        this.queue = queue;
        this.mergeable = (features & NetLayout.F_MRG_RXBUF) != 0;
        this.bufferBytes = bufferBytes;
        this.stride = stride(bufferBytes);
        this.buffers = memory.take((long) stride * queue.size(), ALIGNMENT);
        this.chains = new DriverChain[queue.size()];
        this.free = new int[queue.size()];
        this.bufferOfHead = new int[queue.size()];
        this.freeCount = queue.size();
        for (int i = 0; i < free.length; i++) {
            free[i] = i;
            chains[i] = DriverChain.withRoomFor(1);
            chains[i].addWritable(memory.guestAddressOf(buffers + (long) i * stride), bufferBytes);
        }
    }

    /**
     * Offers nothing yet.
     *
     * @param memory from which {@link #bytes} are taken; the queue's own
     * @param features negotiated
     * @param bufferBytes of each buffer; without MRG_RXBUF enough for a header and the largest frame
     */
    public static ReceiveQueue create(SharedMemory memory, DriverVirtqueue queue, long features, int bufferBytes) {
        return new ReceiveQueue(memory, queue, features, bufferBytes);
    }

    /** Bytes of shared memory that {@link #create} takes at most. */
    public static long bytes(int queueSize, int bufferBytes) {
        return (long) stride(bufferBytes) * queueSize + ALIGNMENT;
    }

    private static int stride(int bufferBytes) {
        return bufferBytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Offers every buffer that is free; whether the back-end wants a kick for them. */
    public boolean offer() {
        while (freeCount > 0) {
            int buffer = free[--freeCount];
            int head = queue.add(chains[buffer]);
            if (head < 0) {
                throw new IllegalStateException("a queue without room for its own buffers");
            }
            bufferOfHead[head] = buffer;
        }
        return queue.publish();
    }

    /**
     * Copies the next frame with its header to an address of the caller's.
     *
     * @param bytesMax that may be written there
     * @return header and frame in bytes; {@link #NOTHING} or {@link #BROKEN}
     */
    public int receive(long to, int bytesMax) {
        int pending = fault.isEmpty() ? queue.pending() : BROKEN;
        if (pending <= 0) {
            return pending == 0 ? NOTHING : broken("the used ring: " + queue.fault());
        }
        int bytes = take(to, bytesMax);
        if (bytes < NetLayout.HEADER_BYTES) {
            return bytes == BROKEN ? BROKEN : broken("a first buffer of " + bytes + " bytes");
        }
        int count = mergeable ? HostMemory.u16(to + NetLayout.NUM_BUFFERS) : 1;
        // 5.1.6.4: all of a frame's buffers are used at once.
        if (count == 0 || count > pending) {
            return broken("a frame in " + count + " buffers of " + pending);
        }
        for (int i = 1; i < count; i++) {
            int more = take(to + bytes, bytesMax - bytes);
            if (more == BROKEN) {
                return BROKEN;
            }
            bytes += more;
        }
        return bytes;
    }

    /** The next buffer's contents: how many bytes. */
    private int take(long to, int bytesMax) {
        int head = queue.takeUsed();
        if (head < 0) {
            return broken("the used ring: " + queue.fault());
        }
        long used = queue.usedLength();
        if (used > bufferBytes || used > bytesMax) {
            return broken(used + " bytes in a buffer of " + bufferBytes + " with room for " + bytesMax);
        }
        int buffer = bufferOfHead[head];
        HostMemory.copy(buffers + (long) buffer * stride, to, used);
        free[freeCount++] = buffer;
        return (int) used;
    }

    private int broken(String what) {
        fault = fault.isEmpty() ? what : fault;
        return BROKEN;
    }

    /** What the device did; empty if nothing. */
    public String fault() {
        return fault;
    }

    public DriverVirtqueue queue() {
        return queue;
    }
}
