package dev.isthmus.blk.store.volume;

import java.util.List;

/**
 * What a scrub found.
 *
 * @param blocks that are there
 */
public record ScrubReport(long blocks, int blockBytes, List<Damage> damages) {
    /** Blocks of which at least one is damaged, the last one included. */
    public record Damage(long firstBlock, long lastBlock, String problem) {}
}
