package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A volume that is ours: locked, and RocksDB opened. One control thread at a time. */
final class OpenVolume implements AutoCloseable {
    private final VolumePaths paths;
    private final VolumeLock lock;
    private final VolumeDb db;
    private volatile VolumeHeader header;

    private OpenVolume(VolumePaths paths, VolumeLock lock, VolumeDb db, VolumeHeader header) {
        this.paths = paths;
        this.lock = lock;
        this.db = db;
        this.header = header;
    }

    static OpenVolume open(VolumePaths paths, VolumeTuning tuning, Duration patience) throws IOException {
        return open(paths, tuning, patience, false);
    }

    /** @param readOnly whether its data stays as it is; it is nobody else's meanwhile all the same */
    static OpenVolume open(VolumePaths paths, VolumeTuning tuning, Duration patience, boolean readOnly)
            throws IOException {
        VolumeLock lock = VolumeLock.acquire(paths, patience);
        try {
            VolumeHeader header = paths.readHeader();
            if (!readOnly) {
                sweep(paths, header);
            }
            return new OpenVolume(paths, lock, openData(paths, header, tuning, readOnly), header);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static VolumeDb openData(VolumePaths paths, VolumeHeader header, VolumeTuning tuning, boolean readOnly)
            throws IOException {
        try {
            return VolumeDb.open(paths.data(header), header, tuning, readOnly);
        } catch (VolumeException e) {
            throw new VolumeException("volume " + paths.name() + " " + e.getMessage(), e);
        }
    }

    /** Deletes what somebody began and did not end. */
    static void sweep(VolumePaths paths, VolumeHeader header) throws IOException {
        for (Path entry : Trees.list(paths.directory())) {
            String name = entry.getFileName().toString();
            if (VolumeHeader.isData(name) && !name.equals(header.data())) {
                Trees.delete(entry);
            }
        }
        for (Path entry : Trees.list(paths.snapshots())) {
            if (!VolumeName.isValid(entry.getFileName().toString())) {
                Trees.delete(entry);
            }
        }
    }

    VolumeHeader header() {
        return header;
    }

    VolumePaths paths() {
        return paths;
    }

    VolumeDb db() {
        return db;
    }

    /** What is already stored stays; who makes it smaller has deleted what is behind. */
    void resize(long sizeBytes) throws IOException {
        VolumeHeader.checkSize(sizeBytes);
        VolumeHeader resized = header.withSize(sizeBytes);
        paths.writeHeader(resized);
        header = resized;
    }

    /** The contents as of now under a name. While others read and write: all that has completed is in it. */
    void snapshot(String name) throws IOException {
        VolumePaths snapshot = paths.snapshot(name);
        if (snapshot.exists()) {
            throw new VolumeException("volume " + paths.name() + " has a snapshot " + name + " already");
        }
        Files.createDirectories(paths.snapshots());
        var made = new VolumePaths(paths.snapshots().resolve(Volumes.NEW + name));
        Trees.delete(made.directory());
        Files.createDirectory(made.directory());
        VolumeHeader copy = header.copy(header.id(), "data");
        if (db.isReadOnly()) {
            Trees.linkData(paths.data(header), made.data(copy)); // nobody changes it
        } else {
            db.checkpoint(made.data(copy));
        }
        made.writeHeader(copy);
        Files.move(made.directory(), snapshot.directory());
        Trees.sync(paths.snapshots());
        Trees.sync(paths.directory());
    }

    @Override
    public void close() {
        db.close();
        lock.close();
    }
}
