package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The disk is a volume, in a file system on the device. After a cut the host's file system replays its journal, and the
 * volume opens itself.
 *
 * @param diskBytes of the volume
 */
record VolumeCutStore(long diskBytes) implements CutStore {

    private static final String NAME = "powercut";
    /** Files before and after a compaction, and what the log holds. */
    private static final int ROOM = 6;

    @Override
    public long deviceBytes() {
        return ROOM * diskBytes;
    }

    @Override
    public String describe() {
        return "a volume on ext4";
    }

    @Override
    public Ground prepare(Path device, Path directory) throws IOException, InterruptedException {
        Host.run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", device.toString());
        Mount mount = Mount.at(directory.resolve("volumes"), "-t", "ext4", device.toString());
        try {
            VolumeCommand.run(mount.directory(), "create", "--size=" + diskBytes, NAME);
            // What was there before anything was promised to a guest.
            Host.run("sync", "--file-system", mount.directory().toString());
        } catch (AssertionError | IOException | InterruptedException e) {
            mount.close();
            throw e;
        }
        Disk disk = Disk.ofVolume(NAME, mount.directory());
        return new Ground() {
            @Override
            public Disk disk() {
                return disk;
            }

            @Override
            public void close() {
                mount.close();
            }
        };
    }

    @Override
    public void open(Path device, Look look) throws IOException, InterruptedException {
        Path image = device.resolveSibling(device.getFileName() + ".disk");
        try {
            Path directory = device.resolveSibling(device.getFileName() + ".volumes");
            try (Mount mounted = Mount.at(directory, "-t", "ext4", "-o", "loop", device.toString())) {
                VolumeCommand.run(mounted.directory(), "export", NAME, image.toString());
            }
            Images.assertCleanExt4(device);
            look.at(image);
        } finally {
            Files.deleteIfExists(image);
        }
    }
}
