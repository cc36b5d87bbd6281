package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** The volumes of a directory. Nothing is held between calls; any thread. */
public final class Volumes {
    static final String NEW = ".new-";
    static final String GONE = ".gone-";

    private final Path directory;

    private Volumes(Path directory) {
        this.directory = directory;
    }

    /** @param directory made with the first volume, if it is not there */
    public static Volumes in(Path directory) {
        return new Volumes(directory.toAbsolutePath().normalize());
    }

    /** What is to be in a new volume. */
    interface Filling {
        /** Makes the header and the data of {@code paths}. */
        void fill(VolumePaths paths) throws IOException;
    }

    /** A new volume of zeroes. */
    public void create(String name, long sizeBytes, int blockBytes, Compression compression) throws IOException {
        VolumeHeader header = VolumeHeader.create(sizeBytes, blockBytes, compression);
        add(name, paths -> {
            VolumeDb.create(paths.data(header), header);
            paths.writeHeader(header);
        });
    }

    /** Makes a volume under a name of ours, and gives it its own when it is whole. */
    void add(String name, Filling filling) throws IOException {
        VolumePaths volume = VolumePaths.of(directory, name);
        refuseTaken(volume);
        Files.createDirectories(directory);
        var made = new VolumePaths(directory.resolve(NEW + UUID.randomUUID()));
        Files.createDirectory(made.directory());
        try {
            filling.fill(made);
            publish(made, volume);
        } catch (IOException | RuntimeException | Error e) {
            Trees.delete(made.directory());
            throw e;
        }
    }

    /** rename(2) of a directory refuses a name that another took meanwhile, since a volume is never empty. */
    private void publish(VolumePaths made, VolumePaths volume) throws IOException {
        refuseTaken(volume);
        Files.move(made.directory(), volume.directory(), StandardCopyOption.ATOMIC_MOVE);
        Trees.sync(directory);
    }

    private static void refuseTaken(VolumePaths volume) throws VolumeException {
        if (Files.exists(volume.directory())) {
            throw new VolumeException("there is " + volume.directory() + " already");
        }
    }
}
