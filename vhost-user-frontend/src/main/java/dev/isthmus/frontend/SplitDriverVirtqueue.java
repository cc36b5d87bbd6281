package dev.isthmus.frontend;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.Notification;
import dev.isthmus.virtqueue.VirtqAvail;
import dev.isthmus.virtqueue.VirtqDesc;
import dev.isthmus.virtqueue.VirtqUsed;
import java.lang.invoke.VarHandle;

/**
 * The driver's side of a split virtqueue, virtio 1.3, 2.7. Indexes are free-running and masked with 0xffff at each
 * step.
 *
 * <p>What the back-end can write is read for two things only: indexes and used entries. The descriptors that are free
 * and those that make a chain are known from arrays of our own, never from the descriptor table.
 */
public final class SplitDriverVirtqueue implements DriverVirtqueue {
    /** virtio 1.3, 2.7. */
    public static final int SIZE_MAX = 32768;

    /** With EVENT_IDX, how far ahead the used_event of a driver that wants none is put: as far as 16 bits allow. */
    private static final int FAR = 0x8000;

    private final int size;
    private final int mask;
    private final boolean eventIdx;
    private final int indirectPieces;
    private final SharedMemory memory;
    private final long descriptorTable;
    private final long availableRing;
    private final long usedRing;
    private final long indirectTables;

    /** By descriptor: the next one, free or of the same chain. */
    private final int[] next;
    /** By head: descriptors of the chain in flight; 0: no such chain. */
    private final int[] descriptors;

    private int firstFree;
    private int freeCount;
    private int nextAvail;
    /** Available index as the device sees it. */
    private int publishedAvail;
    private int nextUsed;
    /** Used index as last read. */
    private int usedIdx;
    private int usedEvent;
    private int inFlight;
    private long usedLength;
    private boolean suppressed;
    private UsedFault fault = UsedFault.NONE;

    private SplitDriverVirtqueue(SharedMemory memory, int size, long features, int base, int indirectPieces) {
        this.size = size;
        this.mask = size - 1;
        this.eventIdx = (features & EVENT_IDX) != 0;
        this.indirectPieces = (features & INDIRECT_DESC) != 0 ? indirectPieces : 0;
        this.memory = memory;
        this.descriptorTable = memory.take((long) VirtqDesc.BYTES * size, VirtqDesc.ALIGNMENT);
        // Each part begins its own cache lines: one side writes it while the other writes the next.
        this.availableRing = memory.take(VirtqAvail.bytes(size), 128);
        this.usedRing = memory.take(VirtqUsed.bytes(size), 128);
        this.indirectTables = memory.take((long) VirtqDesc.BYTES * size * this.indirectPieces, 128);
        this.next = new int[size];
        this.descriptors = new int[size];
        for (int i = 0; i < size; i++) {
            next[i] = i + 1;
        }
        this.freeCount = size;
        this.nextAvail = base;
        this.publishedAvail = base;
        this.nextUsed = base;
        this.usedIdx = base;
        this.usedEvent = base;
    }

    /** Bytes of shared memory that {@link #create} takes at most. */
    public static long bytes(int size, int indirectPieces) {
        return (long) VirtqDesc.BYTES * size * (1 + indirectPieces) + VirtqAvail.bytes(size) + VirtqUsed.bytes(size)
                + 4 * 128;
    }

    /** A queue without indirect tables from index 0. */
    public static SplitDriverVirtqueue create(SharedMemory memory, int size, long features) {
        return create(memory, size, features, 0, 0);
    }

    /**
     * A queue in memory of its own that it takes from {@code memory}.
     *
     * @param size a power of two, at most {@link #SIZE_MAX}
     * @param features negotiated
     * @param base available and used index to begin at, u16
     * @param indirectPieces chains of 2 to as many pieces use an indirect table if INDIRECT_DESC is negotiated; 0: none
     */
    public static SplitDriverVirtqueue create(
            SharedMemory memory, int size, long features, int base, int indirectPieces) {
        if (size < 1 || size > SIZE_MAX || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("a queue of " + size + " entries");
        }
        SplitDriverVirtqueue queue = new SplitDriverVirtqueue(memory, size, features, base & 0xffff, indirectPieces);
        HostMemory.putU16(queue.availableRing + VirtqAvail.IDX, queue.publishedAvail);
        HostMemory.putU16(queue.availableRing + VirtqAvail.usedEvent(size), queue.usedEvent);
        HostMemory.putU16(queue.usedRing + VirtqUsed.IDX, queue.nextUsed);
        HostMemory.putU16(queue.usedRing + VirtqUsed.availEvent(size), queue.nextAvail);
        return queue;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int add(DriverChain chain) {
        int pieces = chain.count();
        boolean indirect = pieces > 1 && pieces <= indirectPieces;
        int needed = indirect ? 1 : pieces;
        if (needed > freeCount || needed == 0) {
            return NO_ROOM;
        }
        int head = firstFree;
        if (indirect) {
            long table = indirectTables + (long) head * indirectPieces * VirtqDesc.BYTES;
            for (int i = 0; i < pieces; i++) {
                describe(table + (long) i * VirtqDesc.BYTES, chain, i, i + 1);
            }
            describe(descriptorTable + (long) head * VirtqDesc.BYTES, memory.guestAddressOf(table),
                    pieces * VirtqDesc.BYTES, VirtqDesc.F_INDIRECT, 0);
            firstFree = next[head];
        } else {
            int descriptor = head;
            for (int i = 0; i < pieces; i++) {
                describe(descriptorTable + (long) descriptor * VirtqDesc.BYTES, chain, i, next[descriptor]);
                descriptor = next[descriptor];
            }
            firstFree = descriptor;
        }
        freeCount -= needed;
        descriptors[head] = needed;
        inFlight++;
        HostMemory.putU16(availableRing + VirtqAvail.RING + (long) VirtqAvail.ENTRY_BYTES * (nextAvail & mask), head);
        nextAvail = nextAvail + 1 & 0xffff;
        return head;
    }

    private static void describe(long at, DriverChain chain, int piece, int next) {
        boolean last = piece == chain.count() - 1;
        int flags = (chain.isWritable(piece) ? VirtqDesc.F_WRITE : 0) | (last ? 0 : VirtqDesc.F_NEXT);
        describe(at, chain.address(piece), chain.length(piece), flags, last ? 0 : next);
    }

    private static void describe(long at, long address, int length, int flags, int next) {
        HostMemory.putU64(at + VirtqDesc.ADDR, address);
        HostMemory.putU32(at + VirtqDesc.LEN, length);
        HostMemory.putU16(at + VirtqDesc.FLAGS, flags);
        HostMemory.putU16(at + VirtqDesc.NEXT, next);
    }

    @Override
    public boolean publish() {
        if (nextAvail == publishedAvail) {
            return false;
        }
        int old = publishedAvail;
        publishedAvail = nextAvail;
        // 2.7.13.3: descriptors and ring entries before idx. Release; pairs with the device's acquire of idx.
        HostMemory.putU16Release(availableRing + VirtqAvail.IDX, nextAvail);
        // idx before the device's wish is read; pairs with its barrier between writing the wish and reading idx
        // (2.7.13.4.1).
        VarHandle.fullFence();
        if (eventIdx) {
            int availEvent = HostMemory.u16(usedRing + VirtqUsed.availEvent(size));
            return Notification.needEvent(availEvent, nextAvail, old);
        }
        return (HostMemory.u16(usedRing + VirtqUsed.FLAGS) & VirtqUsed.F_NO_NOTIFY) == 0;
    }

    @Override
    public int pending() {
        if (usedIdx == nextUsed && fault == UsedFault.NONE) {
            readUsedIdx();
        }
        return fault == UsedFault.NONE ? usedIdx - nextUsed & 0xffff : BROKEN;
    }

    /** Acquire: pairs with the device's release of idx, which comes after the entries (2.7.8.2). */
    private void readUsedIdx() {
        usedIdx = HostMemory.u16Acquire(usedRing + VirtqUsed.IDX);
        int unpublished = nextAvail - publishedAvail & 0xffff;
        if ((usedIdx - nextUsed & 0xffff) > inFlight - unpublished) {
            fault = UsedFault.USED_INDEX_TOO_FAR;
        } else if (suppressed && eventIdx) {
            leaveUsedEvent();
        }
    }

    /** With a used_event that used entries will reach before long, the device would notify. */
    private void leaveUsedEvent() {
        if ((usedEvent - usedIdx & 0xffff) < FAR / 2) {
            putUsedEvent(usedIdx + FAR);
        }
    }

    @Override
    public int takeUsed() {
        if (usedIdx == nextUsed || fault != UsedFault.NONE) {
            return BROKEN;
        }
        long entry = usedRing + VirtqUsed.RING + (long) VirtqUsed.ENTRY_BYTES * (nextUsed & mask);
        long id = HostMemory.u32(entry);
        if (id >= size) {
            fault = UsedFault.USED_ID_OUT_OF_RANGE;
            return BROKEN;
        }
        int head = (int) id;
        int count = descriptors[head];
        if (count == 0) {
            fault = UsedFault.USED_ID_NOT_IN_FLIGHT;
            return BROKEN;
        }
        usedLength = HostMemory.u32(entry + VirtqUsed.ENTRY_LEN);
        nextUsed = nextUsed + 1 & 0xffff;
        inFlight--;
        descriptors[head] = 0;
        int last = head;
        for (int i = 1; i < count; i++) {
            last = next[last];
        }
        next[last] = firstFree;
        firstFree = head;
        freeCount += count;
        return head;
    }

    @Override
    public long usedLength() {
        return usedLength;
    }

    @Override
    public void suppressNotifications() {
        if (suppressed) {
            return;
        }
        suppressed = true;
        if (!eventIdx) {
            HostMemory.putU16(availableRing + VirtqAvail.FLAGS, VirtqAvail.F_NO_INTERRUPT);
        } else if (pending() >= 0) {
            // After a wake-up that is a look at idx, which has passed used_event: nothing to write then.
            leaveUsedEvent();
        }
    }

    @Override
    public boolean awaitNotification() {
        if (fault != UsedFault.NONE) {
            return true;
        }
        suppressed = false;
        if (eventIdx) {
            putUsedEvent(nextUsed);
        } else {
            HostMemory.putU16(availableRing + VirtqAvail.FLAGS, 0);
        }
        // Our wish before idx is read; pairs with the device's barrier between writing idx and reading our wish
        // (2.7.7.2, 2.7.14).
        VarHandle.fullFence();
        return pending() != 0;
    }

    private void putUsedEvent(int index) {
        usedEvent = index & 0xffff;
        HostMemory.putU16(availableRing + VirtqAvail.usedEvent(size), usedEvent);
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public UsedFault fault() {
        return fault;
    }

    /** User address of the descriptor table. */
    long descriptorTable() {
        return descriptorTable;
    }

    /** User address of the available ring. */
    long availableRing() {
        return availableRing;
    }

    /** User address of the used ring. */
    long usedRing() {
        return usedRing;
    }

    /** Available index at which the back-end begins. */
    int base() {
        return publishedAvail;
    }
}
