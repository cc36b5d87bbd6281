package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An ext4 file system on an image, mounted on the host, which replays its journal. */
final class MountedImage implements AutoCloseable {

    private final Path root;
    private final Runnable undo = this::unmount;

    private MountedImage(Path root) {
        this.root = root;
        Leftovers.remember(undo);
    }

    static MountedImage mount(Path image) throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(image.toAbsolutePath().getParent(), "mounted-");
        Host.run("mount", "-t", "ext4", "-o", "loop", image.toString(), root.toString());
        return new MountedImage(root);
    }

    Path root() {
        return root;
    }

    private void unmount() {
        try {
            Host.run("umount", root.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        unmount();
        Leftovers.forget(undo);
        Files.delete(root);
    }
}
