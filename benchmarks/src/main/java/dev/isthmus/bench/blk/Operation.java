package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadPattern;

/** Which requests, and how large. */
enum Operation {
    RANDREAD_4K("randread-4k", LoadPattern.RANDREAD, 4096),
    RANDWRITE_4K("randwrite-4k", LoadPattern.RANDWRITE, 4096),
    SEQREAD_128K("seqread-128k", LoadPattern.SEQREAD, 128 << 10),
    SEQWRITE_128K("seqwrite-128k", LoadPattern.SEQWRITE, 128 << 10),
    /** A flush after every 64 writes. */
    RANDWRITE_4K_FLUSH("randwrite-4k-flush64", LoadPattern.RANDWRITE, 4096, 64),
    SEQWRITE_128K_FLUSH("seqwrite-128k-flush64", LoadPattern.SEQWRITE, 128 << 10, 64);

    private final String text;
    private final LoadPattern pattern;
    private final int blockBytes;
    private final int flushEvery;

    Operation(String text, LoadPattern pattern, int blockBytes) {
        this(text, pattern, blockBytes, 0);
    }

    Operation(String text, LoadPattern pattern, int blockBytes, int flushEvery) {
        this.flushEvery = flushEvery;
        this.text = text;
        this.pattern = pattern;
        this.blockBytes = blockBytes;
    }

    String text() {
        return text;
    }

    LoadPattern pattern() {
        return pattern;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** Writes between two flushes; 0: there are none. */
    int flushEvery() {
        return flushEvery;
    }
}
