package dev.isthmus.blk.store.volume;

/**
 * What RocksDB tells about an open volume.
 *
 * @param liveBytes of data files that are needed, as estimated
 * @param cachedBytes in the cache, memtables and indexes included: what the configured memory bounds
 * @param memtableBytes written and not yet in a data file
 * @param tableReaderBytes for open data files, outside the cache
 * @param writeStopped whether writes wait for compaction now
 * @param resting whether no files are rewritten any more, since one of them is damaged
 * @param stallMicros how long writes have been slowed down or stopped since the volume was opened
 */
public record VolumeFigures(long liveBytes, long cachedBytes, long memtableBytes, long tableReaderBytes,
        boolean writeStopped, boolean resting, long stallMicros) {
    static final VolumeFigures NONE = new VolumeFigures(0, 0, 0, 0, false, false, 0);

    /** All native memory of the volume that RocksDB knows of. */
    public long nativeBytes() {
        return cachedBytes + tableReaderBytes;
    }
}
