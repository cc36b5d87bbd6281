package dev.isthmus.blk.store.volume;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a volume without opening it.
 *
 * @param problem why it cannot be used, and all else is empty; null if it can
 * @param process who uses it now; null for nobody
 */
public record VolumeInfo(String name, @Nullable String problem, String id, int blockBytes, String compression,
        Contents contents, List<Snapshot> snapshots, @Nullable String process) {
    /** A snapshot. */
    public record Snapshot(String name, Contents contents) {}

    /**
     * What a volume is now, or was when a snapshot was made.
     *
     * @param logicalBytes what a guest sees
     * @param allocatedBytes of files, whoever else has them too
     * @param sharedBytes of these, those that snapshots, clones or the origin have as well
     */
    public record Contents(Instant created, long logicalBytes, long allocatedBytes, long sharedBytes) {
        static final Contents NONE = new Contents(Instant.EPOCH, 0, 0, 0);
    }
}
