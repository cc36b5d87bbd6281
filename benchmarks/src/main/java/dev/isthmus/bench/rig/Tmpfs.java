package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, of this program only. Needs root. */
public final class Tmpfs {
    private static final double UNMOUNT_SECONDS = 5;

    private Tmpfs() {}

    /** Mounts one of so many bytes at a new directory, which is gone with it. */
    public static Path mount(Cleanup cleanup, Path directory, long bytes) throws IOException {
        cleanup.make(() -> Files.createDirectory(directory), Files::delete);
        return cleanup.make(() -> {
            Tool.run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + bytes, "isthmus-bench", directory.toString());
            return directory.toAbsolutePath();
        }, Tmpfs::unmount);
    }

    /** A loop device that was detached lets go of its file a moment later. */
    private static void unmount(Path directory) throws IOException {
        Retry.until(UNMOUNT_SECONDS, () -> Tool.run("umount", directory.toString()));
    }
}
