package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Where the parts of a volume, or of a snapshot, are; and its header. */
record VolumePaths(Path directory) {
    private static final int HEADER_BYTES_MAX = 64 * 1024;

    /** @throws VolumeException if {@code name} cannot be one; nothing is looked at */
    static VolumePaths of(Path volumesDirectory, String name) throws VolumeException {
        return new VolumePaths(volumesDirectory.resolve(VolumeName.check(name)));
    }

    String name() {
        return String.valueOf(directory.getFileName());
    }

    Path lock() {
        return directory.resolve("lock");
    }

    Path data(VolumeHeader header) {
        return directory.resolve(header.data());
    }

    Path snapshots() {
        return directory.resolve("snapshots");
    }

    VolumePaths snapshot(String name) throws VolumeException {
        return new VolumePaths(snapshots().resolve(VolumeName.check(name)));
    }

    private Path header() {
        return directory.resolve("volume");
    }

    boolean exists() {
        return Files.exists(header());
    }

    /** @throws VolumeException if there is none, or it cannot be used by this program */
    VolumeHeader readHeader() throws IOException {
        try {
            if (Files.size(header()) > HEADER_BYTES_MAX) {
                throw new VolumeException("is none: its file \"volume\" is too long");
            }
            return VolumeHeader.parse(Files.readString(header()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new VolumeException("volume " + directory + " does not exist", e);
        } catch (VolumeException e) {
            throw new VolumeException("volume " + directory + " " + e.getMessage(), e);
        } catch (IOException e) {
            throw new VolumeException("volume " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Replaces the header as a whole: after a power cut there is the old one or this one. */
    void writeHeader(VolumeHeader header) throws IOException {
        Path next = directory.resolve("volume.next");
        try (FileChannel file = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(header.format().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(next, header(), StandardCopyOption.ATOMIC_MOVE);
        Trees.sync(directory);
    }
}
