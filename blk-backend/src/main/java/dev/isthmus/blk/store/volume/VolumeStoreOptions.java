package dev.isthmus.blk.store.volume;

import java.nio.file.Path;

/**
 * Which volume a {@link RocksDbBlockStore} uses, and how.
 *
 * @param volumesDirectory where volumes are
 * @param volume its name
 * @param readOnly whether writing is refused
 * @param discard whether a guest may free space
 */
public record VolumeStoreOptions(Path volumesDirectory, String volume, boolean readOnly, boolean discard,
        VolumeTuning tuning) {
    /** Writable, with the usual tuning. */
    public static VolumeStoreOptions of(Path volumesDirectory, String volume) {
        return new VolumeStoreOptions(volumesDirectory, volume, false, true, VolumeTuning.USUAL);
    }

    public VolumeStoreOptions withReadOnly(boolean newReadOnly) {
        return new VolumeStoreOptions(volumesDirectory, volume, newReadOnly, discard, tuning);
    }

    public VolumeStoreOptions withTuning(VolumeTuning newTuning) {
        return new VolumeStoreOptions(volumesDirectory, volume, readOnly, discard, newTuning);
    }
}
