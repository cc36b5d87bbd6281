package dev.isthmus.bench.load;

/** Which sector comes next. Allocates nothing. */
final class Offsets {
    private final boolean random;
    private final long blocks;
    private final int sectorsPerBlock;
    private long state;

    /**
     * @param blocks to choose from, at least 1
     * @param seed of the random ones; any number
     */
    Offsets(boolean random, long blocks, int sectorsPerBlock, long seed) {
        this.random = random;
        this.blocks = blocks;
        this.sectorsPerBlock = sectorsPerBlock;
        this.state = random ? seed : 0;
    }

    /** First sector of a block. */
    long next() {
        return sectorsPerBlock * (random ? Math.unsignedMultiplyHigh(mixed(), blocks) : nextInTurn());
    }

    private long nextInTurn() {
        long block = state;
        state = block + 1 == blocks ? 0 : block + 1;
        return block;
    }

    /** SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. */
    private long mixed() {
        state += 0x9e3779b97f4a7c15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
