package dev.isthmus.bench.load;

/** Which requests in which order. */
public enum LoadPattern {
    RANDREAD(false, true),
    RANDWRITE(true, true),
    SEQREAD(false, false),
    SEQWRITE(true, false);

    private final boolean write;
    private final boolean random;

    LoadPattern(boolean write, boolean random) {
        this.write = write;
        this.random = random;
    }

    public boolean isWrite() {
        return write;
    }

    public boolean isRandom() {
        return random;
    }
}
