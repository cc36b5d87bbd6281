package dev.isthmus.blk;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;

/** What a generated request asks for: its header and ranges in guest memory, and where its data is. */
final class FuzzRequest {
    /** In a request's place: 0 header, 64 ranges, 504 status, 512 indirect table. */
    static final int STATUS = 504;

    private static final int PLACE_BYTES = 1024;
    private static final int RANGES = 64;
    private static final int SECTOR = 512;
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;
    private static final int DISCARD = 11;
    private static final int WRITE_ZEROES = 13;
    private static final int SECTORS_MAX = 16;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private FuzzLife life;
    private int type;

    long placeAt;
    long dataAt;
    long readableBytes;
    long writableBytes;

    FuzzRequest(FuzzRandom random, FuzzGuest guest) {
        this.random = random;
        this.guest = guest;
        this.life = new FuzzLife();
    }

    void begin(FuzzLife now) {
        life = now;
    }

    long place(int head) {
        return FuzzGuest.TABLES + (long) head * PLACE_BYTES;
    }

    /** What must be said to a sound chain with this request. */
    BlkRequestFault expected(Break rule) {
        if (rule == Break.STATUS_MISSING || rule == Break.HEADER_CUT) {
            return rule == Break.HEADER_CUT ? BlkRequestFault.HEADER_SHORT : BlkRequestFault.NO_STATUS;
        }
        boolean ranges = type == DISCARD || type == WRITE_ZEROES;
        if (life.readOnly && (type == OUT || ranges)) {
            return BlkRequestFault.READ_ONLY;
        }
        if (type == DISCARD && !life.discard || type == WRITE_ZEROES && !life.writeZeroes) {
            return BlkRequestFault.TYPE;
        }
        return rule.requestFault == null ? BlkRequestFault.NONE : rule.requestFault;
    }

    void flush(int head) {
        placeAt = place(head);
        header(FLUSH, 0);
        readableBytes = 0;
        writableBytes = 0;
    }

    void make(Break rule, long place) {
        placeAt = place;
        readableBytes = 0;
        writableBytes = 0;
        switch (rule) {
            case UNKNOWN_TYPE -> header(random.pick(2, 3, 5, 9, 12, 14, 99, -1), random.next());
            case ODD_LENGTH, BEYOND_THE_END -> data(rule, random.rarely(2) ? IN : OUT);
            default -> {
                if (rule.isOfRanges()) {
                    ranges(rule, random.rarely(2) ? DISCARD : WRITE_ZEROES);
                } else {
                    any(rule);
                }
            }
        }
    }

    private void any(Break rule) {
        switch (random.below(10)) {
            case 0 -> header(FLUSH, random.next());
            case 1 -> {
                header(GET_ID, random.next());
                dataAt = FuzzGuest.DATA + random.below(4096);
                writableBytes = random.rarely(4) ? random.below(40) : 20;
            }
            case 2 -> ranges(rule, DISCARD);
            case 3 -> ranges(rule, WRITE_ZEROES);
            case 4, 5, 6 -> data(rule, OUT);
            default -> data(rule, IN);
        }
    }

    private void data(Break rule, int direction) {
        int block = life.blockBytes / SECTOR;
        int sectors = random.below(SECTORS_MAX / block) * block;
        long bytes = (long) sectors * SECTOR;
        long sector = sector(sectors, block);
        if (rule == Break.ODD_LENGTH) {
            bytes += random.between(1, SECTOR - 1);
        } else if (rule == Break.BEYOND_THE_END) {
            // The nearest sector that is wrong, one at the other end of the numbers, or one in between.
            long last = (long) life.capacitySectors - sectors;
            sector = random.rarely(2) ? last + block : (random.next() | Long.MIN_VALUE >>> random.below(30)) & -block;
        }
        header(direction, sector);
        // Room for a status byte behind, and anywhere: across the border of the two regions too.
        dataAt = FuzzGuest.DATA + random.below(2 * FuzzGuest.DATA_BYTES - SECTORS_MAX * SECTOR - SECTOR - 1);
        if (direction == OUT) {
            readableBytes = bytes;
        } else {
            writableBytes = bytes;
        }
    }

    private long sector(int sectors, int block) {
        int blocks = (life.capacitySectors - sectors) / block;
        return (long) (random.rarely(8) ? blocks : random.below(blocks + 1)) * block;
    }

    private void ranges(Break rule, int which) {
        header(which, random.next());
        int count = random.rarely(4) ? random.between(1, Limits.RANGES_MAX) : 1;
        int block = life.blockBytes / SECTOR;
        int broken = random.below(count);
        for (int i = 0; i < count; i++) {
            int sectors = random.below(64 / block) * block;
            long flags = which == WRITE_ZEROES ? random.below(2) : 0;
            boolean here = i == broken;
            long asked = here && rule == Break.RANGE_LONG ? (5 << 20) + random.below(1 << 20) : sectors;
            range(i, sector(sectors, block), asked, here && rule == Break.RANGE_FLAG ? 2L << random.below(31) : flags);
        }
        dataAt = placeAt + RANGES;
        readableBytes = 16L * count;
        if (rule == Break.NO_RANGES) {
            readableBytes = random.pick(0, 8, 16 * count - 1, 16 * (Limits.RANGES_MAX + 1));
        }
    }

    private void range(int number, long sector, long sectors, long flags) {
        long at = placeAt - FuzzGuest.TABLES + RANGES + 16L * number;
        guest.tables.putU64(at, sector);
        guest.tables.putU32(at + 8, sectors);
        guest.tables.putU32(at + 12, flags);
    }

    private void header(int code, long sector) {
        type = code;
        long at = placeAt - FuzzGuest.TABLES;
        guest.tables.putU32(at, code);
        guest.tables.putU32(at + 4, random.next());
        guest.tables.putU64(at + 8, sector);
    }
}
