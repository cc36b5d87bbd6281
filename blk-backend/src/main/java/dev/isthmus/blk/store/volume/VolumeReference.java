package dev.isthmus.blk.store.volume;

import org.jspecify.annotations.Nullable;

/**
 * A volume or one of its snapshots, as {@code VOLUME} or {@code VOLUME@SNAPSHOT}.
 *
 * @param snapshot null for the volume as it is
 */
public record VolumeReference(String volume, @Nullable String snapshot) {
    /** @throws VolumeException in one line if it is neither */
    public static VolumeReference parse(String text) throws VolumeException {
        int at = text.indexOf('@');
        return at < 0 ? new VolumeReference(VolumeName.check(text), null)
                : new VolumeReference(VolumeName.check(text.substring(0, at)),
                        VolumeName.check(text.substring(at + 1)));
    }

    @Override
    public String toString() {
        return snapshot == null ? volume : volume + "@" + snapshot;
    }
}
