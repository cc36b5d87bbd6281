package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The volumes of a directory, for who looks after them. A volume that is in use is left alone: what is done to it is
 * done by whoever has it ({@link RocksDbBlockStore}); its snapshots can be cloned and exported all the same.
 *
 * <p>Whatever is interrupted leaves nothing that looks like a volume, and what it left is deleted by the next one who
 * changes the directory. Nothing is held between calls; any thread.
 */
public final class Volumes {
    /** Where volumes are if nothing else is said. */
    public static final String DEFAULT_DIRECTORY = "/var/lib/isthmus/volumes";

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

    /** Makes what is in a new volume. */
    interface Filling {
        void fill(VolumePaths paths) throws IOException;
    }

    /** All of them by name; those that cannot be used as well, with the reason. */
    public List<VolumeInfo> list() throws IOException {
        List<VolumeInfo> all = new ArrayList<>();
        for (Path entry : Trees.list(directory)) {
            var paths = new VolumePaths(entry);
            if (VolumeName.isValid(paths.name()) && paths.exists()) {
                all.add(VolumeLook.describe(paths));
            }
        }
        return all;
    }

    public VolumeInfo info(String name) throws IOException {
        VolumePaths paths = VolumePaths.of(directory, name);
        paths.readHeader();
        return VolumeLook.describe(paths);
    }

    /** A new volume of zeroes. */
    public void create(String name, long sizeBytes, int blockBytes, Compression compression) throws IOException {
        VolumeHeader header = VolumeHeader.create(sizeBytes, blockBytes, compression);
        add(name, paths -> {
            VolumeDb.create(paths.data(header), header);
            paths.writeHeader(header);
        });
    }

    /** Keeps the contents of a volume that is not in use under a name. */
    public void snapshot(String volume, String snapshot) throws IOException {
        try (OpenVolume opened = open(volume)) {
            opened.snapshot(snapshot);
        }
    }

    /** A volume of its own that begins with the contents of a snapshot, and shares them until they differ. */
    public void clone(VolumeReference snapshot, String name) throws IOException {
        VolumePaths from = snapshotOf(snapshot);
        VolumeHeader header = from.readHeader();
        VolumeHeader copy = header.copy(UUID.randomUUID(), header.nextData());
        add(name, paths -> {
            Trees.linkData(from.data(header), paths.data(copy));
            paths.writeHeader(copy);
        });
    }

    /** Gives a volume that is not in use the contents, and the size, of its snapshot again. The snapshot stays. */
    @SuppressWarnings("try") // a lock is held, not used
    public void rollback(VolumeReference snapshot) throws IOException {
        VolumePaths from = snapshotOf(snapshot);
        VolumePaths paths = VolumePaths.of(directory, snapshot.volume());
        try (VolumeLock lock = VolumeLock.acquire(paths, Duration.ZERO)) {
            VolumeHeader header = paths.readHeader();
            OpenVolume.sweep(paths, header);
            VolumeHeader old = from.readHeader();
            VolumeHeader rolled = header.withSize(old.sizeBytes()).withData(header.nextData());
            Trees.linkData(from.data(old), paths.data(rolled));
            Trees.sync(paths.directory());
            paths.writeHeader(rolled);
            Trees.delete(paths.data(header));
        }
    }

    /**
     * Deletes a snapshot, or a volume that is not in use.
     *
     * @param withSnapshots whether those of the volume go with it; without, a volume that has some stays
     */
    @SuppressWarnings("try") // a lock is held, not used
    public void delete(VolumeReference what, boolean withSnapshots) throws IOException {
        VolumePaths volume = VolumePaths.of(directory, what.volume());
        if (what.snapshot() != null) {
            remove(snapshotOf(what).directory(), volume.snapshots());
            return;
        }
        try (VolumeLock lock = VolumeLock.acquire(volume, Duration.ZERO)) {
            int snapshots = VolumeLook.snapshots(volume).size();
            if (snapshots > 0 && !withSnapshots) {
                throw new VolumeException("volume " + what + " has " + snapshots
                        + " snapshots: delete them first, or say that they go with it");
            }
            remove(volume.directory(), directory);
        }
    }

    /** From the moment it has another name, it is none of the others, however far deleting comes. */
    private static void remove(Path what, Path parent) throws IOException {
        Path gone = parent.resolve(GONE + UUID.randomUUID());
        Files.move(what, gone, StandardCopyOption.ATOMIC_MOVE);
        Trees.sync(parent);
        Trees.delete(gone);
    }

    /** Gives a volume that is not in use another name. */
    @SuppressWarnings("try") // a lock is held, not used
    public void rename(String from, String to) throws IOException {
        VolumePaths volume = VolumePaths.of(directory, from);
        VolumePaths renamed = VolumePaths.of(directory, to);
        try (VolumeLock lock = VolumeLock.acquire(volume, Duration.ZERO)) {
            publish(volume, renamed);
        }
    }

    /**
     * Gives a volume that is not in use another size.
     *
     * @param discardData whether data behind the new end is deleted; without, a volume that has some there stays
     */
    public void resize(String name, long sizeBytes, boolean discardData) throws IOException {
        VolumeHeader.checkSize(sizeBytes);
        try (OpenVolume volume = open(name)) {
            if (sizeBytes < volume.header().sizeBytes()) {
                VolumeShrink.run(volume, sizeBytes, discardData);
            }
            volume.resize(sizeBytes);
        }
    }

    /** Reads all of a volume that is not in use, or of a snapshot. */
    public ScrubReport scrub(VolumeReference what, Progress progress) throws IOException {
        return read(what, (db, header) -> VolumeScrub.run(db, header, progress));
    }

    /**
     * A new volume with the contents of an image.
     *
     * @param format raw, or one that qemu-img knows
     */
    public void importImage(String name, Path image, String format, int blockBytes, Compression compression,
            Progress progress) throws IOException {
        if (!Files.isReadable(image)) {
            throw new VolumeException(image + " cannot be read");
        }
        add(name, paths -> {
            Path raw = image.toAbsolutePath();
            if (!format.equals(Images.RAW)) {
                raw = paths.directory().resolve("image.raw");
                Images.convert(image.toAbsolutePath(), format, raw, Images.RAW);
            }
            VolumeHeader header = VolumeHeader.create(VolumeImport.sizeBytes(raw), blockBytes, compression);
            VolumeDb.create(paths.data(header), header);
            try (VolumeDb db = VolumeDb.open(paths.data(header), header, VolumeTuning.USUAL, false)) {
                VolumeImport.fill(db, header, raw, progress);
            }
            if (!format.equals(Images.RAW)) {
                Files.delete(raw);
            }
            paths.writeHeader(header);
        });
    }

    /**
     * Writes an image of a volume that is not in use, or of a snapshot.
     *
     * @param image where; must not be there, unless {@code replace}
     */
    public void exportImage(VolumeReference what, Path image, String format, boolean replace, Progress progress)
            throws IOException {
        Path target = image.toAbsolutePath();
        if (Files.exists(target) && !replace) {
            throw new VolumeException(image + " is there already");
        }
        Path raw = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".raw");
        Path other = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".image");
        try {
            read(what, (db, header) -> {
                VolumeExport.write(db, header, raw, progress);
                return header;
            });
            boolean asIs = format.equals(Images.RAW);
            if (!asIs) {
                Images.convert(raw, Images.RAW, other, format);
                Trees.sync(other);
            }
            Files.move(asIs ? raw : other, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(raw);
            Files.deleteIfExists(other);
        }
    }

    private interface Reading<T> {
        T read(VolumeDb db, VolumeHeader header) throws IOException;
    }

    private <T> T read(VolumeReference what, Reading<T> reading) throws IOException {
        try {
            if (what.snapshot() == null) {
                try (OpenVolume volume = open(what.volume())) {
                    return reading.read(volume.db(), volume.header());
                }
            }
            VolumePaths snapshot = snapshotOf(what);
            VolumeHeader header = snapshot.readHeader();
            try (VolumeDb db = VolumeDb.open(snapshot.data(header), header, VolumeTuning.USUAL, true)) {
                return reading.read(db, header);
            }
        } catch (VolumeException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("volume ") ? e : new VolumeException("volume " + what + " " + message, e);
        }
    }

    private OpenVolume open(String name) throws IOException {
        return OpenVolume.open(VolumePaths.of(directory, name), VolumeTuning.USUAL, Duration.ZERO);
    }

    private VolumePaths snapshotOf(VolumeReference reference) throws IOException {
        String snapshot = reference.snapshot();
        if (snapshot == null) {
            throw new VolumeException("\"" + reference + "\" is no snapshot: VOLUME@SNAPSHOT");
        }
        VolumePaths volume = VolumePaths.of(directory, reference.volume());
        volume.readHeader();
        VolumePaths paths = volume.snapshot(snapshot);
        if (!paths.exists()) {
            throw new VolumeException("volume " + reference.volume() + " has no snapshot " + snapshot);
        }
        return paths;
    }

    /** Makes a volume under a name of ours, and gives it its own when it is whole. */
    @SuppressWarnings("try") // a lock is held, not used
    private void add(String name, Filling filling) throws IOException {
        VolumePaths volume = VolumePaths.of(directory, name);
        refuseTaken(volume);
        Files.createDirectories(directory);
        LeftOvers.sweep(directory);
        var made = new VolumePaths(directory.resolve(NEW + UUID.randomUUID()));
        Files.createDirectory(made.directory());
        try (LeftOvers.Mark mark = LeftOvers.mark(made)) {
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
            throw new VolumeException("there is a " + volume.name() + " in " + volume.directory().getParent()
                    + " already");
        }
    }
}
