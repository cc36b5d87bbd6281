package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.fuzz.FuzzRandom;

/** What stays the same from the start of a ring to its stop. */
final class FuzzLife {
    private static final long INDIRECT_DESC = 1L << 28;
    private static final long EVENT_IDX = 1L << 29;
    private static final long VERSION_1 = 1L << 32;
    private static final long DISCARD = 1L << 13;
    private static final long WRITE_ZEROES = 1L << 14;

    int queueSize = 1;
    int base;
    boolean indirect;
    boolean eventIdx;
    boolean readOnly;
    boolean discard;
    boolean writeZeroes;
    int blockBytes = 512;
    int capacitySectors = 64;
    int chains;

    void choose(FuzzRandom random) {
        queueSize = random.rarely(10) ? 1 << random.below(4) : 1 << random.between(4, 8);
        base = random.rarely(2) ? 0 : random.below(1 << 16);
        indirect = !random.rarely(3);
        eventIdx = random.rarely(2);
        readOnly = random.rarely(10);
        discard = !random.rarely(10);
        writeZeroes = !random.rarely(10);
        blockBytes = random.rarely(4) ? 4096 : 512;
        capacitySectors = 8 * random.between(8, 100_000);
        chains = random.between(1, 280);
    }

    long features() {
        return VERSION_1 | (indirect ? INDIRECT_DESC : 0) | (eventIdx ? EVENT_IDX : 0) | (discard ? DISCARD : 0)
                | (writeZeroes ? WRITE_ZEROES : 0);
    }

    /** @param sectorsTooMany by how much the device believes that the store is larger than it is: 0 if it is right */
    BlockLimits limits(int sectorsTooMany) {
        return new BlockLimits((capacitySectors + (long) sectorsTooMany) * 512, blockBytes, 4096, 0, readOnly, true,
                true, blockBytes);
    }

    long sizeBytes() {
        return capacitySectors * 512L;
    }
}
