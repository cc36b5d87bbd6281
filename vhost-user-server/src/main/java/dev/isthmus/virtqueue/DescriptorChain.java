package dev.isthmus.virtqueue;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;

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
 * <p>If {@link #fault()} is NONE, every piece is mapped, not empty, and stays so until the chain is handed back. The
 * objects are few and used again ({@link ChainPool}). Room for {@link Limits#PIECES_KEPT} pieces stays; more is taken
 * from the pool's budget for the time in flight.
 */
public final class DescriptorChain {
    /** Header, status and a few pages: most requests. */
    private static final int CAPACITY_INITIAL = 8;

    private final ChainPool pool;
    /** What stays: {@link #CAPACITY_INITIAL}, later {@link Limits#PIECES_KEPT} pieces. */
    private long kept;
    private int keptCapacity;
    /** What is in use: {@link #kept}, or something larger of the pool's. */
    private long iovec;
    private int capacity;
    private int readableCount;
    private int count;
    private long readableBytes;
    private long writableBytes;
    private ChainFault fault = ChainFault.NONE;
    private long lastWritableByte;

    DescriptorChain(ChainPool pool) {
        this.pool = pool;
        this.keptCapacity = CAPACITY_INITIAL;
        this.kept = pool.allocate(keptCapacity);
        this.capacity = keptCapacity;
        this.iovec = kept;
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

    /** Makes room for another piece; false if the pool has none left, and then the chain cannot be taken now. */
    boolean ensureRoom() {
        return count < capacity || grow();
    }

    /** There is room: {@link #ensureRoom}. */
    private void add(long address, long length) {
        long at = iovec + (long) count * FileIo.IOVEC_BYTES;
        HostMemory.putU64(at, address);
        HostMemory.putU64(at + Long.BYTES, length);
        count++;
    }

    private boolean grow() {
        if (capacity < Limits.PIECES_KEPT) {
            long larger = pool.allocate(Limits.PIECES_KEPT);
            HostMemory.copy(iovec, larger, bytes(count));
            kept = larger;
            keptCapacity = Limits.PIECES_KEPT;
            iovec = kept;
            capacity = keptCapacity;
            return true;
        }
        int twice = capacity * 2;
        long larger = pool.borrow(bytes(twice));
        if (larger == NativeHeap.NONE) {
            return false;
        }
        HostMemory.copy(iovec, larger, bytes(count));
        giveBack(); // and with it the old capacity
        iovec = larger;
        capacity = twice;
        return true;
    }

    /** Ends the use of borrowed room. */
    void giveBack() {
        if (iovec != kept) {
            pool.giveBack(iovec, bytes(capacity));
            iovec = kept;
            capacity = keptCapacity;
        }
    }

    private static long bytes(int pieces) {
        return (long) pieces * FileIo.IOVEC_BYTES;
    }
}
