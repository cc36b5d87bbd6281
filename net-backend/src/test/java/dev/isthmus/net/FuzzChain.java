package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.vhostuser.FakeRing;

/** Pieces of memory as a descriptor chain of any legal shape, or broken in one of the ways a chain can be. */
final class FuzzChain {
    private static final int PIECES_MAX = 24;
    private static final int TABLE = 512;
    private static final int ENTRIES_MAX = 32;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private final long[] address = new long[PIECES_MAX];
    private final long[] length = new long[PIECES_MAX];
    private final boolean[] writable = new boolean[PIECES_MAX];
    private int count;

    FuzzChain(FuzzRandom random, FuzzGuest guest) {
        this.random = random;
        this.guest = guest;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    void put(long at, long bytes, boolean write) {
        address[count] = at;
        length[count] = bytes;
        writable[count] = write;
        count++;
    }

    /** In one piece, or in several. */
    void cut(long at, long bytes, boolean write, int piecesMax) {
        long done = 0;
        int cuts = random.rarely(3) ? random.between(0, piecesMax - 1) : 0;
        for (int i = 0; i < cuts && bytes - done > 1; i++) {
            long piece = 1L + random.below((int) Math.min(1 << 16, bytes - done - 1));
            put(at + done, piece, write);
            done += piece;
        }
        put(at + done, bytes - done, write);
    }

    /** Adds what is bad about a buffer. */
    void spoil(NetBreak rule, boolean write) {
        switch (rule) {
            case MORE_THAN_4_GIB -> {
                for (int i = 0; i < 5; i++) {
                    put(FuzzGuest.HUGE, FuzzGuest.HUGE_BYTES, write);
                }
            }
            case BUFFER_IN_THE_GAP -> put(FuzzGuest.GAP + random.below(1 << 20), 1 + random.below(1 << 16), write);
            case BUFFER_INTO_THE_GAP -> put(FuzzGuest.GAP - 512,
                    513L + (random.rarely(4) ? 0 : random.below(4096)), write);
            case BUFFER_PAST_THE_LAST_ADDRESS -> put(-1 - random.below(4096), 4096 + random.below(1 << 16), write);
            case READABLE_AFTER_WRITABLE -> {
                put(FuzzGuest.DATA, 1, true);
                put(FuzzGuest.DATA, 1, false);
            }
            case WRONG_DIRECTION -> {
                if (write) { // a readable piece belongs in front
                    put(address[0], length[0], true);
                    address[0] = FuzzGuest.DATA;
                    length[0] = 1;
                    writable[0] = false;
                } else {
                    put(FuzzGuest.DATA, 1, true);
                }
            }
            default -> {
            }
        }
    }

    /**
     * Writes it; returns how many descriptors it took, or 0 if there are not enough.
     *
     * @param place where the indirect table may be: 1 KiB of the guest's tables
     */
    int write(FakeRing ring, int[] free, int available, NetBreak rule, boolean indirectNegotiated, long place) {
        boolean indirect = indirectNegotiated && count <= ENTRIES_MAX - 3
                && (rule.isOfIndirect() || available < count || random.rarely(2));
        if (indirect) {
            return writeIndirect(ring, free, available, rule, place);
        }
        return count > available ? 0 : writeDirect(ring, free, rule, place);
    }

    private int writeDirect(FakeRing ring, int[] free, NetBreak rule, long place) {
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            ring.descriptor(free[i], address[i], length[i], flags(i) | (last ? 0 : FakeRing.NEXT),
                    last ? random.below(1 << 16) : free[i + 1]);
        }
        int last = count - 1;
        switch (rule) {
            case NEXT_BEYOND_THE_TABLE -> ring.descriptor(free[last], address[last], length[last],
                    flags(last) | FakeRing.NEXT, random.between(ring.size(), 65535));
            case LOOP -> ring.descriptor(free[0], address[0], length[0], flags(0) | FakeRing.NEXT, free[0]);
            case INDIRECT_UNASKED -> ring.descriptor(free[0], place + TABLE, 16, FakeRing.INDIRECT, 0);
            default -> {
            }
        }
        return count;
    }

    private int writeIndirect(FakeRing ring, int[] free, int available, NetBreak rule, long place) {
        int direct = Math.min(random.rarely(3) ? random.below(count) : 0, available - 1);
        for (int i = 0; i < direct; i++) {
            ring.descriptor(free[i], address[i], length[i], flags(i) | FakeRing.NEXT, free[i + 1]);
        }
        int entries = count - direct + (random.rarely(4) ? 3 : 0);
        long table = place + TABLE;
        for (int i = direct; i < count; i++) {
            boolean last = i == count - 1;
            entry(table, i - direct, i, flags(i) | (last ? 0 : FakeRing.NEXT),
                    last ? random.below(1 << 16) : i + 1 - direct);
        }
        switch (rule) {
            case NEXT_BEYOND_THE_TABLE -> entry(table, count - 1 - direct, count - 1, flags(count - 1) | FakeRing.NEXT,
                    random.between(entries, 65535));
            case LOOP -> entry(table, 0, direct, flags(direct) | FakeRing.NEXT, 0);
            case INDIRECT_TWICE -> entry(table, 0, direct, FakeRing.INDIRECT, 0);
            default -> {
            }
        }
        long bytes = rule == NetBreak.INDIRECT_LENGTH
                ? random.pick(0, 8, 16 * entries - 1, 16 * entries + 8, 16 * 1025, -16)
                : 16L * entries;
        ring.descriptor(free[direct], table, bytes, FakeRing.INDIRECT | (random.rarely(5) ? FakeRing.WRITE : 0)
                | (rule == NetBreak.INDIRECT_AND_NEXT ? FakeRing.NEXT : 0), random.below(1 << 16));
        return direct + 1;
    }

    private void entry(long table, int number, int piece, int flags, int next) {
        long at = table - FuzzGuest.TABLES + 16L * number;
        guest.tables.putU64(at, address[piece]);
        guest.tables.putU32(at + 8, length[piece]);
        guest.tables.putU16(at + 12, flags);
        guest.tables.putU16(at + 14, next);
    }

    private int flags(int piece) {
        return writable[piece] ? FakeRing.WRITE : 0;
    }
}
