package dev.isthmus.bench.rig;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system that can be made to hang: ext4 on a loop device over a file in memory, which the kernel freezes
 * (FIFREEZE, ioctl_fifreeze(2)). Whoever writes to it then waits in the kernel, uninterruptibly, as with a disk that
 * does not answer. Needs root.
 */
public final class FreezableDisk {
    private static final double UNMOUNT_SECONDS = 10;

    private final Cleanup cleanup;
    private final Path directory;

    private FreezableDisk(Cleanup cleanup, Path directory) {
        this.cleanup = cleanup;
        this.directory = directory;
    }

    /** Makes one of so many bytes in a directory of its own; gone with the cleanup. */
    public static FreezableDisk mount(Cleanup cleanup, Path directory, long bytes) throws IOException {
        Path memory = Tmpfs.mount(cleanup, directory, bytes + (4L << 20));
        Path file = memory.resolve("disk");
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(bytes);
        }
        Path device = LoopDevice.attach(cleanup, file);
        Tool.run("mkfs.ext4", "-q", device.toString());
        Path mounted = cleanup.make(() -> {
            Path point = Files.createDirectory(memory.resolve("mounted"));
            Tool.run("mount", device.toString(), point.toString());
            return point;
        }, point -> Retry.until(UNMOUNT_SECONDS, () -> Tool.run("umount", point.toString())));
        return new FreezableDisk(cleanup, mounted);
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    /** Something that is done while it hangs. */
    public interface Body<T> {
        T run() throws IOException;
    }

    /** Lets it hang until {@code body} is over; whatever happens, it does not stay so. */
    public <T> T whileFrozen(Body<T> body) throws IOException {
        var frozen = cleanup.make(() -> {
            Tool.run("fsfreeze", "--freeze", directory.toString());
            return new Object();
        }, made -> Tool.run("fsfreeze", "--unfreeze", directory.toString()));
        try {
            return body.run();
        } finally {
            cleanup.release(frozen);
        }
    }
}
