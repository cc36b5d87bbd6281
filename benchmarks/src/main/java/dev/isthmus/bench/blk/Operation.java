package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadPattern;

/** Which requests, and how large. */
enum Operation {
    RANDREAD_4K("randread-4k", LoadPattern.RANDREAD, 4096),
    RANDWRITE_4K("randwrite-4k", LoadPattern.RANDWRITE, 4096),
    SEQREAD_128K("seqread-128k", LoadPattern.SEQREAD, 128 << 10),
    SEQWRITE_128K("seqwrite-128k", LoadPattern.SEQWRITE, 128 << 10);

    private final String text;
    private final LoadPattern pattern;
    private final int blockBytes;

    Operation(String text, LoadPattern pattern, int blockBytes) {
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
}
