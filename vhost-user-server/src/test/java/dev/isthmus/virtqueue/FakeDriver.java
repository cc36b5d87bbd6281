package dev.isthmus.virtqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The driver's side of a split virtqueue, in memory that is really mapped. Every offset and flag in here is written
 * down anew from the specification (virtio 1.3, 2.7.5, 2.7.6, 2.7.8), so that a wrong constant on the device's side
 * does not cancel out.
 *
 * <p>{@link #offer} and its kin are what an honest driver does; the methods that put single values are for the others.
 */
public final class FakeDriver implements AutoCloseable {
    /** 2.7.5: VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE, VIRTQ_DESC_F_INDIRECT. */
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;

    /** 2.7.6: VIRTQ_AVAIL_F_NO_INTERRUPT. */
    private static final int NO_INTERRUPT = 1;

    /** 2.7.10.1: VIRTIO_F_INDIRECT_DESC, 28; VIRTIO_F_EVENT_IDX, 29; VIRTIO_F_VERSION_1, 32 (chapter 6). */
    public static final long WITH_INDIRECT = 0x1000_0000L;
    public static final long WITH_EVENT_IDX = 0x2000_0000L;
    public static final long WITH_NOTHING = 0x1_0000_0000L;

    private final GuestRam ram = new GuestRam();
    private final int size;
    private final long desc = GuestRam.RINGS;
    private final long avail;
    private final long used;
    private final GuestMemoryLease lease;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Deque<Chain> offered = new ArrayDeque<>();
    private long room = GuestRam.LOW + 1;
    private int availIdx;
    private int seenUsed;

    private FakeDriver(int size) {
        this.size = size;
        // The smallest alignment the table of 2.7 allows, and no larger one: 2 and 4.
        this.avail = desc + 16L * size + 2;
        this.used = (avail + 6 + 2L * size + 7) / 8 * 8 + 4;
        this.lease = new GuestMemoryLease(ram.map());
        for (int i = 0; i < size; i++) {
            free.push(i);
        }
    }

    public static FakeDriver withQueueSize(int size) {
        return new FakeDriver(size);
    }

    /** A queue of the device in this driver's memory, from index 0. */
    public SplitVirtqueue start(long features) {
        return start(features, 0);
    }

    /** The same going on at {@code base}. */
    public SplitVirtqueue start(long features, int base) {
        return SplitVirtqueue.start(size, addresses(), features, base, lease, null);
    }

    /** User addresses, as the front-end sends them. */
    public SplitAddresses addresses() {
        return new SplitAddresses(GuestRam.USER + desc, GuestRam.USER + avail, GuestRam.USER + used);
    }

    public GuestRam ram() {
        return ram;
    }

    public GuestMemory memory() {
        return lease.memory();
    }

    public GuestMemoryLease lease() {
        return lease;
    }

    public int size() {
        return size;
    }

    // What an honest driver does.

    /** Makes a chain of one descriptor each available. */
    public Chain offer(Buffer... buffers) {
        return offerWithIndirect(buffers.length, 0, buffers);
    }

    /** Makes a chain available that is one descriptor, which refers to a table of all buffers. */
    public Chain offerIndirect(Buffer... buffers) {
        return offerWithIndirect(0, 0, buffers);
    }

    /**
     * Makes a chain available whose first buffers are in the descriptor table and the rest, if any, in an indirect one.
     *
     * @param flags more flags for the descriptor that refers to the indirect table
     */
    public Chain offerWithIndirect(int direct, int flags, Buffer... buffers) {
        List<Long> addresses = new ArrayList<>();
        for (Buffer buffer : buffers) {
            addresses.add(place(buffer));
        }
        boolean indirect = direct < buffers.length;
        int[] index = takeFree(direct + (indirect ? 1 : 0));
        for (int i = 0; i < direct; i++) {
            boolean last = i == index.length - 1;
            descriptor(index[i], addresses.get(i), buffers[i].length(), flags(buffers[i], !last), last ? 0
                    : index[i + 1]);
        }
        if (indirect) {
            int entries = buffers.length - direct;
            long table = allocate(16 * entries);
            for (int i = 0; i < entries; i++) {
                boolean last = i == entries - 1;
                Buffer buffer = buffers[direct + i];
                descriptorAt(table + 16L * i, addresses.get(direct + i), buffer.length(), flags(buffer, !last), last
                        ? 0
                        : i + 1);
            }
            descriptor(index[direct], table, 16L * entries, INDIRECT | flags, 0);
        }
        Chain chain = new Chain(this, index, List.of(buffers), addresses);
        offered.add(chain);
        makeAvailable(index[0]);
        return chain;
    }

    private static int flags(Buffer buffer, boolean next) {
        return (buffer.writable() ? WRITE : 0) | (next ? NEXT : 0);
    }

    private int[] takeFree(int count) {
        int[] taken = new int[count];
        for (int i = 0; i < count; i++) {
            taken[i] = free.pop();
        }
        return taken;
    }

    private long place(Buffer buffer) {
        long at = buffer.address() == Buffer.ANYWHERE ? allocate(buffer.length()) : buffer.address();
        ram.write(at, buffer.content());
        return at;
    }

    /** Room for buffers and tables, at no particular alignment; what is old is used again after the end. */
    public long allocate(int bytes) {
        if (room + bytes > GuestRam.END) {
            room = GuestRam.LOW + 3;
        }
        long at = room;
        room += bytes + 1;
        return at;
    }

    /** Puts a head into the available ring and moves its index; no allocation. */
    public void makeAvailable(int head) {
        availableEntry(availIdx, head);
        VarHandle.releaseFence(); // 2.7.13.3.1: the entry before the index
        availableIndex(availIdx + 1);
    }

    /** The next head the device has handed back, which must be one that was offered. */
    public Chain takeUsed() {
        assertThat(usedIndex()).as("used index").isNotEqualTo(seenUsed);
        long head = usedHead(seenUsed);
        Chain chain = offered.stream().filter(c -> c.head() == head).findFirst()
                .orElseThrow(() -> new AssertionError("head " + head + " was not offered"));
        offered.remove(chain);
        for (int index : chain.indexes()) {
            free.push(index);
        }
        seenUsed = seenUsed + 1 & 0xffff;
        return chain;
    }

    // What a test expects of the device.

    /** The device has handed back this chain next, with this length. */
    public void expectUsed(Chain chain, long length) {
        int at = seenUsed;
        assertThat(takeUsed().head()).as("used id").isEqualTo(chain.head());
        assertThat(usedLength(at)).as("used len").isEqualTo(length);
    }

    public void expectNothingUsed() {
        assertThat(usedIndex()).as("used index").isEqualTo(seenUsed);
    }

    // The rings, value by value.

    public void descriptor(int index, long addr, long len, int flags, int next) {
        descriptorAt(desc + 16L * index, addr, len, flags, next);
    }

    /** In an indirect table; may lie across the border. */
    public void descriptorAt(long guest, long addr, long len, int flags, int next) {
        put(guest, 8, addr);
        put(guest + 8, 4, len);
        put(guest + 12, 2, flags);
        put(guest + 14, 2, next);
    }

    private void put(long guest, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            ram.putU8(guest + i, (int) (value >>> 8 * i & 0xff));
        }
    }

    public byte[] descriptorTable() {
        return ram.read(desc, 16 * size);
    }

    public void availableEntry(int index, int head) {
        ram.putU16(avail + 4 + 2L * (index & size - 1), head);
    }

    public void availableIndex(int value) {
        availIdx = value & 0xffff;
        ram.putU16(avail + 2, availIdx);
    }

    public int availableIndex() {
        return availIdx;
    }

    /** Without EVENT_IDX: whether the driver wants no notification. All other bits of flags are put as given. */
    public void noInterrupt(boolean no, int otherBits) {
        ram.putU16(avail, (no ? NO_INTERRUPT : 0) | otherBits);
    }

    public void usedEvent(int value) {
        ram.putU16(avail + 4 + 2L * size, value);
    }

    public int usedFlags() {
        return ram.u16(used);
    }

    public void usedFlags(int value) {
        ram.putU16(used, value);
    }

    public int usedIndex() {
        return ram.u16(used + 2);
    }

    /** For a driver on another thread: what was written before the index is visible. */
    public int usedIndexAcquire() {
        int index = ram.u16(used + 2);
        VarHandle.acquireFence();
        return index;
    }

    /** Before a start: where the device has to go on. */
    public void usedIndex(int value) {
        seenUsed = value & 0xffff;
        ram.putU16(used + 2, value);
    }

    public long usedHead(int index) {
        return ram.u32(used + 4 + 8L * (index & size - 1));
    }

    public long usedLength(int index) {
        return ram.u32(used + 8 + 8L * (index & size - 1));
    }

    public int availEvent() {
        return ram.u16(used + 4 + 8L * size);
    }

    public void availEvent(int value) {
        ram.putU16(used + 4 + 8L * size, value);
    }

    @Override
    public void close() {
        ram.close();
    }
}
