package dev.isthmus.blk;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.virtqueue.ChainFault;

/**
 * Block requests as descriptor chains of any legal shape, each of which may break one rule. Knows what must be said to
 * what it made.
 *
 * <p>First the request is laid out as pieces (address, length, direction), then cut, then written as descriptors:
 * direct ones, an indirect table, or some of the first and then the second.
 */
final class ChainGenerator {
    private static final int BREAK_ONE_IN = 8;
    private static final int PIECES_MAX = 24;
    private static final int INDIRECT_MAX = 32;
    private static final int TABLE = 512;
    private static final int SECTOR = 512;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private final FuzzRequest request;
    private final long[] address = new long[PIECES_MAX];
    private final long[] length = new long[PIECES_MAX];
    private final boolean[] writable = new boolean[PIECES_MAX];
    private int count;
    private boolean indirectNegotiated;
    private Break rule = Break.NOTHING;

    ChainGenerator(FuzzRandom random, FuzzGuest guest) {
        this.random = random;
        this.guest = guest;
        this.request = new FuzzRequest(random, guest);
    }

    void begin(FuzzLife life) {
        indirectNegotiated = life.indirect;
        request.begin(life);
    }

    ChainFault expectedChainFault() {
        return rule.chainFault;
    }

    /** Only if the chain itself is sound. */
    BlkRequestFault expectedRequestFault() {
        return rule.requestFault == null ? BlkRequestFault.NONE : request.expected(rule);
    }

    /**
     * Writes a chain into {@code ring}; returns how many entries of {@code free} it took, the first of them being its
     * head.
     *
     * @param free indexes of unused descriptors
     * @param available how many there are; at least one
     */
    int write(FakeRing ring, int[] free, int available) {
        rule = random.rarely(BREAK_ONE_IN) ? Break.broken(random.below(Break.count())) : Break.NOTHING;
        adjustRule();
        lay(request.place(free[0]));
        boolean direct = !indirectNegotiated || !rule.isOfIndirect() && random.rarely(2) && available >= count;
        if (direct && available < count) {
            fallBack(free[0], available);
        }
        return direct ? writeDirect(ring, free) : writeIndirect(ring, free, available);
    }

    /** Some rules can only be broken where the others allow it. */
    private void adjustRule() {
        if (rule.isOfIndirect() && !indirectNegotiated) {
            rule = Break.INDIRECT_UNASKED;
        } else if (rule == Break.INDIRECT_UNASKED && indirectNegotiated) {
            rule = Break.INDIRECT_LENGTH;
        }
    }

    /** A queue so small, or so full, that only little fits. */
    private void fallBack(int head, int available) {
        rule = available == 1 ? Break.STATUS_MISSING : Break.NOTHING;
        count = 0;
        request.flush(head);
        readable(request.place(head), 16);
        if (available > 1) {
            writable(request.place(head) + FuzzRequest.STATUS, 1);
        }
    }

    private void readable(long at, long bytes) {
        put(at, bytes, false);
    }

    private void writable(long at, long bytes) {
        put(at, bytes, true);
    }

    private void put(long at, long bytes, boolean write) {
        address[count] = at;
        length[count] = bytes;
        writable[count] = write;
        count++;
    }

    private void lay(long place) {
        count = 0;
        request.make(rule, place);
        if (rule == Break.WRITABLE_FIRST) {
            writable(place + FuzzRequest.STATUS, 1);
        }
        cut(place, rule == Break.HEADER_CUT ? random.between(1, 15) : 16, false);
        switch (rule) {
            case MORE_THAN_4_GIB -> {
                for (int i = 0; i < 4; i++) {
                    readable(FuzzGuest.HUGE, FuzzGuest.HUGE_BYTES);
                }
            }
            case BUFFER_IN_THE_GAP -> readable(FuzzGuest.GAP + random.below(1 << 20), 1 + random.below(1 << 16));
            case BUFFER_INTO_THE_GAP -> readable(FuzzGuest.GAP - SECTOR, SECTOR + 1 + random.below(4096));
            case BUFFER_PAST_THE_LAST_ADDRESS -> readable(-1 - random.below(4096), 1 + random.below(1 << 16));
            default -> {
            }
        }
        layData(place);
    }

    private void layData(long place) {
        boolean header = rule == Break.HEADER_CUT;
        if (request.readableBytes > 0 && !header) {
            cut(request.dataAt, request.readableBytes, false);
        }
        if (random.rarely(40)) {
            readable(FuzzGuest.DATA, 0);
        }
        boolean status = rule != Break.STATUS_MISSING;
        boolean shared = status && random.rarely(4) && request.writableBytes > 0;
        if (request.writableBytes > 0 && status) {
            cut(request.dataAt, request.writableBytes + (shared ? 1 : 0), true);
        }
        if (status && !shared && rule != Break.WRITABLE_FIRST) {
            writable(place + FuzzRequest.STATUS, 1);
        }
    }

    /** In one piece, or in several. */
    private void cut(long at, long bytes, boolean write) {
        long done = 0;
        int cuts = random.rarely(3) ? random.between(1, 3) : 0;
        for (int i = 0; i < cuts && bytes - done > 1; i++) {
            long piece = 1L + random.below((int) (bytes - done - 1));
            put(at + done, piece, write);
            done += piece;
        }
        put(at + done, bytes - done, write);
    }

    private int writeDirect(FakeRing ring, int[] free) {
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            ring.descriptor(free[i], address[i], length[i], flags(i) | (last ? 0 : FakeRing.NEXT),
                    last ? random.below(1 << 16) : free[i + 1]);
        }
        switch (rule) {
            case NEXT_BEYOND_THE_TABLE -> ring.descriptor(free[count - 1], address[count - 1], length[count - 1],
                    flags(count - 1) | FakeRing.NEXT, random.between(ring.size(), 65535));
            case LOOP -> ring.descriptor(free[0], address[0], length[0], flags(0) | FakeRing.NEXT, free[0]);
            case INDIRECT_UNASKED -> ring.descriptor(free[0], request.placeAt + TABLE, 16, FakeRing.INDIRECT, 0);
            default -> {
            }
        }
        return count;
    }

    private int writeIndirect(FakeRing ring, int[] free, int available) {
        int direct = Math.min(random.rarely(3) ? random.below(count) : 0, available - 1);
        for (int i = 0; i < direct; i++) {
            ring.descriptor(free[i], address[i], length[i], flags(i) | FakeRing.NEXT, free[i + 1]);
        }
        int entries = Math.min(INDIRECT_MAX, count - direct + (random.rarely(4) ? 3 : 0));
        long table = request.placeAt + TABLE;
        writeTable(table, direct, entries);
        long bytes = 16L * entries;
        if (rule == Break.INDIRECT_LENGTH) {
            bytes = random.pick(0, 8, 16 * entries - 1, 16 * entries + 8, 16 * 1025, -16);
        }
        ring.descriptor(free[direct], table, bytes, FakeRing.INDIRECT
                | (random.rarely(5) ? FakeRing.WRITE : 0) | (rule == Break.INDIRECT_AND_NEXT ? FakeRing.NEXT : 0),
                random.below(1 << 16));
        return direct + 1;
    }

    private void writeTable(long table, int direct, int entries) {
        for (int i = direct; i < count; i++) {
            boolean last = i == count - 1;
            entry(table, i - direct, i, flags(i) | (last ? 0 : FakeRing.NEXT), last ? random.below(1 << 16) : i + 1
                    - direct);
        }
        switch (rule) {
            case NEXT_BEYOND_THE_TABLE -> entry(table, count - 1 - direct, count - 1, flags(count - 1) | FakeRing.NEXT,
                    random.between(entries, 65535));
            case LOOP -> entry(table, 0, direct, flags(direct) | FakeRing.NEXT, 0);
            case INDIRECT_TWICE -> entry(table, 0, direct, FakeRing.INDIRECT, 0);
            default -> {
            }
        }
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
