package dev.isthmus.virtqueue;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.memory.MemoryTable;
import java.io.IOException;
import java.util.List;

/**
 * A split virtqueue whose driver has nothing left to do but to count: descriptor table and available ring are filled
 * once, with block reads of three descriptors (header, data, status), and {@link #offer} makes some of them available.
 *
 * <pre>
 *   guest address 0        4096               8192              12288
 *                 | table | available ring ... | used ring ...   | chain 0 | chain 1 ... of 8192 bytes each |
 *   slot i of the available ring holds the head of chain i % CHAINS
 * </pre>
 */
public final class PreparedRing implements AutoCloseable {
    /** So many are different, and at most so many may be in hand at a time. */
    public static final int CHAINS = 64;
    public static final int DATA_BYTES = 4096;

    private static final int QUEUE_SIZE = 256;
    private static final int DESCRIPTORS = 3;
    private static final long USER = 0x7000_0000_0000L;
    private static final long AVAILABLE = 4096;
    private static final long USED = 8192;
    private static final long BUFFERS = 12288;
    private static final long BUFFER_BYTES = 8192;
    private static final int STATUS_OFFSET = 16;
    private static final int DATA_OFFSET = 4096;
    private static final int HEADER_BYTES = 16;

    private final OwnedFd file;
    private final MemoryTable table = new MemoryTable(false);
    private final SplitVirtqueue queue;
    private final long base;
    private int available;

    /** @param features negotiated ones of the queue */
    public PreparedRing(long features) throws IOException {
        long bytes = BUFFERS + CHAINS * BUFFER_BYTES;
        file = MemFd.create("prepared-ring", bytes);
        try {
            table.replace(List.of(new MemoryRegionDescription(0, bytes, USER, 0)), List.of(file));
        } catch (MemoryException e) {
            throw new IOException(e);
        }
        base = table.current().hostAddress(0, bytes);
        for (int chain = 0; chain < CHAINS; chain++) {
            prepare(chain);
        }
        for (int slot = 0; slot < QUEUE_SIZE; slot++) {
            HostMemory.putU16(base + AVAILABLE + VirtqAvail.RING + (long) slot * VirtqAvail.ENTRY_BYTES,
                    slot % CHAINS * DESCRIPTORS);
        }
        queue = SplitVirtqueue.start(QUEUE_SIZE, new SplitAddresses(USER, USER + AVAILABLE, USER + USED), features, 0,
                new GuestMemoryLease(table.current()), null);
    }

    /** virtio 1.3, 5.2.6: type IN (0), reserved, sector; then data; then the status byte. */
    private void prepare(int chain) {
        long buffer = BUFFERS + chain * BUFFER_BYTES;
        HostMemory.putU64(base + buffer + Long.BYTES, chain * (long) DATA_BYTES / 512);
        int head = chain * DESCRIPTORS;
        descriptor(head, buffer, HEADER_BYTES, VirtqDesc.F_NEXT);
        descriptor(head + 1, buffer + DATA_OFFSET, DATA_BYTES, VirtqDesc.F_NEXT | VirtqDesc.F_WRITE);
        descriptor(head + 2, buffer + STATUS_OFFSET, 1, VirtqDesc.F_WRITE);
    }

    private void descriptor(int index, long guest, int length, int flags) {
        long at = base + (long) index * VirtqDesc.BYTES;
        HostMemory.putU64(at + VirtqDesc.ADDR, guest);
        HostMemory.putU32(at + VirtqDesc.LEN, length);
        HostMemory.putU16(at + VirtqDesc.FLAGS, flags);
        HostMemory.putU16(at + VirtqDesc.NEXT, index + 1);
    }

    /** The device's side. */
    public SplitVirtqueue queue() {
        return queue;
    }

    /** Makes the next chains available: at most {@link #CHAINS} that were not handed back. */
    public void offer(int count) {
        available = available + count & 0xffff;
        HostMemory.putU16Release(base + AVAILABLE + VirtqAvail.IDX, available);
    }

    @Override
    public void close() {
        queue.close();
        table.close();
        file.close();
    }
}
