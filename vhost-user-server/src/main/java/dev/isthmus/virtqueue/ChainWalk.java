package dev.isthmus.virtqueue;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.memory.GuestMemory;
import java.lang.foreign.Arena;

/**
 * Follows a descriptor chain and writes what it finds into a {@link DescriptorChain}.
 *
 * <p>The guest may change the table meanwhile: each field of each descriptor is read once. A chain whose structure is
 * broken ends at once; if only a buffer is bad, the walk goes on to the end without taking pieces, since the last
 * writable byte may be where to answer.
 */
final class ChainWalk {
    private final int queueSize;
    private final boolean indirectNegotiated;
    private final Arena arena;
    /** An indirect table that crosses memory regions is copied here. Rare, so made when first needed; 0 before. */
    private long scratch;

    /** The region of the last lookup: the next buffer is often beside it. */
    private int region = -1;

    private GuestMemory memory = GuestMemory.EMPTY;
    private long table;
    private int tableSize;
    private boolean inIndirect;
    /** A device-writable descriptor was seen, be it empty. */
    private boolean writableSeen;
    private long totalBytes;
    private boolean roomless;

    ChainWalk(int queueSize, boolean indirectNegotiated, Arena arena) {
        this.queueSize = queueSize;
        this.indirectNegotiated = indirectNegotiated;
        this.arena = arena;
    }

    /**
     * Fills {@code chain}; whether it may be used is in {@link DescriptorChain#fault}. {@code head} is below the queue
     * size. Returns false if there is no room for so long a chain now; then it is to be taken later.
     */
    boolean walk(GuestMemory guestMemory, long descriptorTable, int head, DescriptorChain chain) {
        chain.clear();
        memory = guestMemory;
        table = descriptorTable;
        tableSize = queueSize;
        inIndirect = false;
        writableSeen = false;
        totalBytes = 0;
        roomless = false;
        int index = head;
        int left = queueSize; // bound of the loop: descriptors that the present table may still give
        while (true) {
            if (left-- == 0) {
                chain.fault(ChainFault.TOO_LONG);
                return true;
            }
            long desc = table + (long) index * VirtqDesc.BYTES;
            long addr = HostMemory.u64(desc + VirtqDesc.ADDR);
            long len = HostMemory.u32(desc + VirtqDesc.LEN);
            int flags = HostMemory.u16(desc + VirtqDesc.FLAGS);
            int next = HostMemory.u16(desc + VirtqDesc.NEXT);
            if ((flags & VirtqDesc.F_INDIRECT) != 0) {
                ChainFault fault = enterIndirect(addr, len, flags);
                if (fault != ChainFault.NONE) {
                    chain.fault(fault);
                    return true;
                }
                index = 0;
                left = tableSize;
                continue;
            }
            take(addr, len, (flags & VirtqDesc.F_WRITE) != 0, chain);
            if (roomless) {
                return false;
            }
            if ((flags & VirtqDesc.F_NEXT) == 0) {
                return true;
            }
            if (next >= tableSize) {
                chain.fault(ChainFault.NEXT_OUT_OF_RANGE);
                return true;
            }
            index = next;
        }
    }

    /** virtio 1.3, 2.7.5.3.2: WRITE is ignored here, and direct descriptors may come before. */
    private ChainFault enterIndirect(long addr, long len, int flags) {
        if (!indirectNegotiated) {
            return ChainFault.INDIRECT_NOT_NEGOTIATED;
        }
        if (inIndirect) {
            return ChainFault.INDIRECT_INSIDE_INDIRECT;
        }
        if ((flags & VirtqDesc.F_NEXT) != 0) {
            return ChainFault.INDIRECT_WITH_NEXT;
        }
        long descriptors = len / VirtqDesc.BYTES;
        if (len % VirtqDesc.BYTES != 0 || descriptors == 0 || descriptors > Limits.INDIRECT_DESCRIPTORS_MAX) {
            return ChainFault.INDIRECT_TABLE_LENGTH;
        }
        long host = memory.hostAddress(addr, len);
        if (host == GuestMemory.NOT_MAPPED) {
            if (!copyTable(addr, len)) {
                return ChainFault.BUFFER_NOT_MAPPED;
            }
            host = scratch;
        }
        table = host;
        tableSize = (int) descriptors;
        inIndirect = true;
        return ChainFault.NONE;
    }

    private boolean copyTable(long addr, long len) {
        if (scratch == 0) {
            scratch = arena.allocate((long) Limits.INDIRECT_DESCRIPTORS_MAX * VirtqDesc.BYTES, VirtqDesc.ALIGNMENT)
                    .address();
        }
        long done = 0;
        while (done < len) { // each round takes at least a byte of at most 16 KiB
            int found = memory.regionOf(addr + done);
            boolean wrapped = Long.compareUnsigned(addr + done, addr) < 0;
            if (found < 0 || wrapped) {
                return false;
            }
            long piece = Math.min(len - done, memory.contiguous(found, addr + done));
            HostMemory.copy(memory.hostAddressIn(found, addr + done), scratch + done, piece);
            done += piece;
        }
        return true;
    }

    private void take(long addr, long len, boolean writable, DescriptorChain chain) {
        totalBytes += len; // at most 2^15 + 2^10 descriptors of 2^32 bytes
        if (totalBytes > Limits.CHAIN_BYTES_MAX) {
            chain.fault(ChainFault.TOO_MANY_BYTES);
        }
        if (!writable && writableSeen) {
            chain.fault(ChainFault.READABLE_AFTER_WRITABLE);
        }
        writableSeen |= writable;
        if (chain.fault() != ChainFault.NONE) {
            if (writable) {
                rememberLastByte(addr, len, chain);
            }
            return;
        }
        long done = 0;
        while (done < len) { // bounded by PIECES_MAX
            long at = addr + done;
            if (!memory.holds(region, at)) {
                region = memory.regionOf(at);
            }
            boolean wrapped = Long.compareUnsigned(at, addr) < 0;
            if (region < 0 || wrapped || chain.count() == Limits.PIECES_MAX) {
                chain.fault(ChainFault.BUFFER_NOT_MAPPED);
                if (writable) {
                    rememberLastByte(addr, len, chain);
                }
                return;
            }
            if (!chain.ensureRoom()) {
                roomless = true;
                return;
            }
            long host = memory.hostAddressIn(region, at);
            long contiguous = memory.contiguous(region, at);
            // Region sizes are positive longs (MemoryTable), so the signed minimum is right.
            long piece = Math.min(len - done, contiguous);
            if (writable) {
                chain.addWritable(host, piece);
            } else {
                chain.addReadable(host, piece);
            }
            done += piece;
        }
    }

    private void rememberLastByte(long addr, long len, DescriptorChain chain) {
        if (len > 0) {
            chain.lastWritableByte(memory.hostAddress(addr + len - 1, 1));
        }
    }
}
