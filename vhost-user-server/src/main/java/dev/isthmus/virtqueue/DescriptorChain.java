package dev.isthmus.virtqueue;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;

/**
 * A descriptor chain after its walk: an array of {@code struct iovec} (base u64, length u64) in native memory,
 * device-readable pieces first. A piece is a descriptor, or a part of one where it crosses memory regions.
 *
 * <pre>
 *   iovecAddress()                    readableCount()                     count()
 *     | base len | base len | ...       | base len | base len | ...         |
 *     |<------ device-readable -------->|<------ device-writable ---------->|
 * </pre>
 *
 * <p>If {@link #fault()} is NONE, every piece is mapped, not empty, and stays so until the chain is handed back. One
 * object per head, used again; the array grows to what the guest needs and stays.
 */
public final class DescriptorChain {
    /** Header, status and a few pages: most requests. */
    private static final int CAPACITY_INITIAL = 8;

    private final Arena arena;
    private long iovec;
    private int capacity;
    private int readableCount;
    private int count;
    private long readableBytes;
    private long writableBytes;
    private ChainFault fault = ChainFault.NONE;
    private long lastWritableByte;

    /** @param arena where the pieces live; outlives this object */
    DescriptorChain(Arena arena) {
        this.arena = arena;
        this.capacity = CAPACITY_INITIAL;
        this.iovec = allocate(capacity);
    }

    /** Native address of the array. */
    public long iovecAddress() {
        return iovec;
    }

    public int readableCount() {
        return readableCount;
    }

    public int count() {
        return count;
    }

    public int writableCount() {
        return count - readableCount;
    }

    public long readableBytes() {
        return readableBytes;
    }

    public long writableBytes() {
        return writableBytes;
    }

    /** Host address of a piece. */
    public long address(int piece) {
        return HostMemory.u64(iovec + (long) piece * FileIo.IOVEC_BYTES);
    }

    public long length(int piece) {
        return HostMemory.u64(iovec + (long) piece * FileIo.IOVEC_BYTES + Long.BYTES);
    }

    /** What is wrong with the chain; the pieces are not to be used unless NONE. */
    public ChainFault fault() {
        return fault;
    }

    /**
     * Host address of the last byte of the last device-writable descriptor, as far as the walk came; 0 if there is
     * none. Valid for a faulty chain too: it is where a device whose status is the last byte can still answer.
     */
    public long lastWritableByte() {
        return lastWritableByte;
    }

    void clear() {
        readableCount = 0;
        count = 0;
        readableBytes = 0;
        writableBytes = 0;
        fault = ChainFault.NONE;
        lastWritableByte = 0;
    }

    /** Notes the first fault; later ones say less. */
    void fault(ChainFault f) {
        if (fault == ChainFault.NONE) {
            fault = f;
        }
    }

    void lastWritableByte(long address) {
        lastWritableByte = address;
    }

    void addReadable(long address, long length) {
        add(address, length);
        readableCount++;
        readableBytes += length;
    }

    void addWritable(long address, long length) {
        add(address, length);
        writableBytes += length;
        lastWritableByte = address + length - 1;
    }

    private void add(long address, long length) {
        if (count == capacity) {
            grow();
        }
        long at = iovec + (long) count * FileIo.IOVEC_BYTES;
        HostMemory.putU64(at, address);
        HostMemory.putU64(at + Long.BYTES, length);
        count++;
    }

    /**
     * Rare: the first time a guest sends a chain of this length at this head. What is left behind is less than what is
     * in use.
     */
    private void grow() {
        long larger = allocate(capacity * 2);
        HostMemory.copy(iovec, larger, (long) count * FileIo.IOVEC_BYTES);
        iovec = larger;
        capacity *= 2;
    }

    private long allocate(int pieces) {
        return arena.allocate((long) pieces * FileIo.IOVEC_BYTES, Long.BYTES).address();
    }
}
