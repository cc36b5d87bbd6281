package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system that is soon full: a tmpfs of a few bytes, which may become larger. */
final class SmallDisk implements AutoCloseable {

    private final Path mounted;
    private final Runnable undo = this::unmount;

    private SmallDisk(Path mounted) {
        this.mounted = mounted;
        Leftovers.remember(undo);
    }

    /** @param mounted a directory that is made */
    static SmallDisk mount(Path mounted, long bytes) throws IOException, InterruptedException {
        Host.run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "isthmus-e2e", Files.createDirectory(mounted)
                .toString());
        return new SmallDisk(mounted);
    }

    Path directory() {
        return mounted;
    }

    void resize(long bytes) throws IOException, InterruptedException {
        Host.run("mount", "-o", "remount,size=" + bytes, mounted.toString());
    }

    private void unmount() {
        try {
            Host.run("umount", mounted.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        unmount();
        Leftovers.forget(undo);
    }
}
