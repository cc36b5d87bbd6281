package dev.isthmus.frontend.net;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.linux.HostMemory;

/**
 * Frames from a guest: a transmitq with as many buffers as entries, each for a header and a frame. One thread uses it;
 * nothing here allocates, blocks or throws for what the back-end did.
 *
 * <pre>
 *   buffer() ──► write a frame ──► add(bytes) ... flush() ──► kick, if it says so       reclaim() now and then
 * </pre>
 */
public final class TransmitQueue {
    private final DriverVirtqueue queue;
    private final SharedMemory memory;
    private final int frameBytesMax;
    private final long buffers;
    private final int stride;
    private final DriverChain chain = DriverChain.withRoomFor(1);

    /** Buffers nobody has, the last of them on top. */
    private final int[] free;
    private final int[] bufferOfHead;
    private int freeCount;

    private TransmitQueue(SharedMemory memory, DriverVirtqueue queue, int frameBytesMax) {
        this.queue = queue;
        this.memory = memory;
        this.frameBytesMax = frameBytesMax;
        this.stride = stride(frameBytesMax);
        this.buffers = memory.take((long) stride * queue.size(), ReceiveQueue.ALIGNMENT);
        this.free = new int[queue.size()];
        this.bufferOfHead = new int[queue.size()];
        this.freeCount = queue.size();
        for (int i = 0; i < free.length; i++) {
            free[i] = i;
        }
    }

    /** @param memory from which {@link #bytes} are taken; the queue's own */
    public static TransmitQueue create(SharedMemory memory, DriverVirtqueue queue, int frameBytesMax) {
        return new TransmitQueue(memory, queue, frameBytesMax);
    }

    /** Bytes of shared memory that {@link #create} takes at most. */
    public static long bytes(int queueSize, int frameBytesMax) {
        return (long) stride(frameBytesMax) * queueSize + ReceiveQueue.ALIGNMENT;
    }

    private static int stride(int frameBytesMax) {
        return NetLayout.HEADER_BYTES + frameBytesMax + ReceiveQueue.ALIGNMENT - 1 & -ReceiveQueue.ALIGNMENT;
    }

    /** Frames that can be added. */
    public int room() {
        return freeCount;
    }

    /**
     * The address of the header of the next frame to add, all zeroes; the frame belongs behind it. Only while there is
     * {@link #room}.
     */
    public long buffer() {
        long buffer = buffers + (long) free[freeCount - 1] * stride;
        HostMemory.putU64(buffer, 0);
        HostMemory.putU32(buffer + Long.BYTES, 0);
        return buffer;
    }

    /** Adds the frame in {@link #buffer}, which the device sees with the next {@link #flush}. */
    public void add(int frameBytes) {
        if (frameBytes > frameBytesMax || freeCount == 0) {
            throw new IllegalArgumentException("a frame of " + frameBytes + " bytes, room for " + freeCount);
        }
        int buffer = free[--freeCount];
        chain.clear();
        chain.addReadable(memory.guestAddressOf(buffers + (long) buffer * stride), NetLayout.HEADER_BYTES
                + frameBytes);
        int head = queue.add(chain);
        if (head < 0) {
            throw new IllegalStateException("a queue without room for its own buffers");
        }
        bufferOfHead[head] = buffer;
    }

    /** Makes all added frames available; whether the back-end wants a kick for them. */
    public boolean flush() {
        return queue.publish();
    }

    /** Takes back buffers of frames the device is done with: how many, or {@link DriverVirtqueue#BROKEN}. */
    public int reclaim() {
        int count = queue.pending();
        for (int i = 0; i < count; i++) {
            int head = queue.takeUsed();
            if (head < 0) {
                return DriverVirtqueue.BROKEN;
            }
            free[freeCount++] = bufferOfHead[head];
        }
        return count;
    }

    public DriverVirtqueue queue() {
        return queue;
    }
}
