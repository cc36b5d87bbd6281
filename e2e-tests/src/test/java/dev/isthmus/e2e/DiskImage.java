package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the bytes a guest sees, while nobody serves the disk. */
interface DiskImage {

    byte[] read(long offset, int bytes) throws IOException, InterruptedException;

    /** Of any disk that a test serves. */
    static DiskImage of(Disk disk) {
        return disk.volume() ? ofVolume(disk.image()) : (offset, bytes) -> bytesOf(disk.image(), offset, bytes);
    }

    /** By a copy of its files: the look must not do for the volume what the next process has to do. */
    private static DiskImage ofVolume(Path volume) {
        return (offset, bytes) -> {
            Path directory = Files.createTempDirectory(MemoryDirectory.FILES, "isthmus-e2e-look-");
            try {
                Host.run("cp", "-a", volume.toString(), directory.toString());
                Path image = directory.resolve("image");
                VolumeCommand.run(directory, "export", volume.getFileName().toString(), image.toString());
                return bytesOf(image, offset, bytes);
            } finally {
                Host.run("rm", "-rf", directory.toString());
            }
        };
    }

    private static byte[] bytesOf(Path file, long offset, int bytes) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            var buffer = ByteBuffer.allocate(bytes);
            channel.position(offset);
            while (buffer.hasRemaining() && channel.read(buffer) > 0) {
                continue;
            }
            return buffer.array();
        }
    }
}
