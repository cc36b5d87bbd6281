package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Describes volumes from outside: opens nothing, whoever uses them. */
final class VolumeLook {
    private VolumeLook() {}

    static VolumeInfo describe(VolumePaths volume) throws IOException {
        VolumeHeader header;
        try {
            header = volume.readHeader();
        } catch (VolumeException e) {
            return new VolumeInfo(volume.name(), e.getMessage(), "", 0, "", VolumeInfo.Contents.NONE, List.of(), null);
        }
        String process = VolumeLock.isTaken(volume.lock()) ? VolumeLock.owner(volume.lock()) : null;
        return new VolumeInfo(volume.name(), null, header.id().toString(), header.blockBytes(),
                header.compression().text(), contents(volume, header), snapshots(volume), process);
    }

    static List<VolumeInfo.Snapshot> snapshots(VolumePaths volume) throws IOException {
        List<VolumeInfo.Snapshot> snapshots = new ArrayList<>();
        for (Path entry : Trees.list(volume.snapshots())) {
            var paths = new VolumePaths(entry);
            if (VolumeName.isValid(paths.name()) && paths.exists()) {
                snapshots.add(new VolumeInfo.Snapshot(paths.name(), contents(paths, paths.readHeader())));
            }
        }
        return snapshots;
    }

    private static VolumeInfo.Contents contents(VolumePaths paths, VolumeHeader header) throws IOException {
        Trees.Space space = Trees.space(paths.data(header));
        return new VolumeInfo.Contents(header.created(), header.sizeBytes(), space.allocatedBytes(),
                space.sharedBytes());
    }
}
