package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.SharedRing;
import org.jspecify.annotations.Nullable;

/**
 * A packet of a guest's transmit ring: its slots, read once. Made once and used again and again; the worker's alone.
 */
final class SendPacket {
    /** {@link #read}: the last slot says that another follows, and none does. */
    static final int INCOMPLETE = -1;

    final int[] references = new int[Limits.SLOTS_MAX];
    final int[] offsets = new int[Limits.SLOTS_MAX];
    final int[] sizes = new int[Limits.SLOTS_MAX];
    /** Pieces; those that are too many are not kept. */
    int pieces;
    /** All slots, those of extra infos too: they are behind the first. */
    int slots;
    int extras;
    /** Of the whole, as the first slot says. */
    int bytes;
    boolean blank;
    int gsoType;
    int gsoSize;

    /** What became of it. */
    DropCause cause = DropCause.NONE;
    /** While it is copied. */
    @Nullable
    Frame frame;

    /**
     * Reads the packet that begins at an index.
     *
     * @param pending slots that are there
     * @return its slots, or {@link #INCOMPLETE}
     */
    int read(SharedRing ring, int first, int pending) {
        clear();
        long slot = ring.entry(first);
        int flags = HostMemory.u16(slot + NetifLayout.TX_FLAGS);
        bytes = HostMemory.u16(slot + NetifLayout.TX_SIZE);
        blank = (flags & NetifLayout.TX_CSUM_BLANK) != 0;
        add(slot, bytes);
        slots = 1;
        boolean more = (flags & NetifLayout.TX_EXTRA_INFO) != 0;
        while (more) {
            if (slots == pending) {
                return INCOMPLETE;
            }
            more = readExtra(ring.entry(first + slots));
            slots++;
            extras++;
        }
        more = (flags & NetifLayout.TX_MORE_DATA) != 0;
        int first0 = bytes;
        while (more) {
            if (slots == pending) {
                return INCOMPLETE;
            }
            slot = ring.entry(first + slots);
            int size = HostMemory.u16(slot + NetifLayout.TX_SIZE);
            add(slot, size);
            first0 -= size;
            more = (HostMemory.u16(slot + NetifLayout.TX_FLAGS) & NetifLayout.TX_MORE_DATA) != 0;
            slots++;
        }
        sizes[0] = first0;
        check();
        return slots;
    }

    private void clear() {
        pieces = 0;
        extras = 0;
        gsoType = NetifLayout.GSO_NONE;
        gsoSize = 0;
        cause = DropCause.NONE;
        frame = null;
    }

    private void add(long slot, int size) {
        if (pieces == Limits.SLOTS_MAX) {
            cause = DropCause.TOO_MANY_SLOTS;
            return;
        }
        references[pieces] = (int) HostMemory.u32(slot + NetifLayout.TX_REFERENCE);
        offsets[pieces] = HostMemory.u16(slot + NetifLayout.TX_OFFSET);
        sizes[pieces] = size;
        pieces++;
    }

    /** Whether another extra info follows. */
    private boolean readExtra(long slot) {
        int type = HostMemory.u8(slot + NetifLayout.EXTRA_TYPE);
        int flags = HostMemory.u8(slot + NetifLayout.EXTRA_FLAGS);
        if (type == NetifLayout.EXTRA_TYPE_GSO) {
            gsoSize = HostMemory.u16(slot + NetifLayout.EXTRA_GSO_SIZE);
            gsoType = HostMemory.u8(slot + NetifLayout.EXTRA_GSO_TYPE);
            if (gsoType != NetifLayout.GSO_TCPV4 && gsoType != NetifLayout.GSO_TCPV6) {
                cause = DropCause.GSO;
            }
        } else if (type != NetifLayout.EXTRA_TYPE_HASH) {
            cause = DropCause.EXTRA;
        }
        return (flags & NetifLayout.EXTRA_MORE) != 0;
    }

    private void check() {
        if (cause != DropCause.NONE) {
            return;
        }
        // Pieces but the first may be empty, though nobody gains by that.
        if (sizes[0] <= 0 || bytes < Limits.FRAME_BYTES_MIN) {
            cause = DropCause.SIZE;
            return;
        }
        for (int i = 0; i < pieces; i++) {
            if (sizes[i] > GrantTable.PAGE_BYTES || offsets[i] > GrantTable.PAGE_BYTES - sizes[i]) {
                cause = DropCause.OUTSIDE_PAGE;
                return;
            }
        }
    }
}
