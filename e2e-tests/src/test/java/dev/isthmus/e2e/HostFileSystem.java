package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * An ext4 file system of the host on a loop device, which can be frozen (fsfreeze(8)): writes to it then wait in the
 * kernel, and no signal ends them.
 */
final class HostFileSystem implements AutoCloseable {

    private final LoopDevice loop;
    private final Path mountPoint;
    private final Runnable undo = this::unmount;
    private boolean frozen;

    private HostFileSystem(LoopDevice loop, Path mountPoint) {
        this.loop = loop;
        this.mountPoint = mountPoint;
        Leftovers.remember(undo);
    }

    /** @param mountPoint an empty directory */
    static HostFileSystem mount(long bytes, Path mountPoint) throws IOException, InterruptedException {
        LoopDevice loop = LoopDevice.ofBytes(bytes);
        try {
            Host.run("mkfs.ext4", "-q", loop.device().toString());
            Host.run("mount", loop.device().toString(), mountPoint.toString());
            return new HostFileSystem(loop, mountPoint);
        } catch (IOException | InterruptedException | AssertionError e) {
            loop.close();
            throw e;
        }
    }

    void freeze() throws IOException, InterruptedException {
        Host.run("fsfreeze", "--freeze", mountPoint.toString());
        frozen = true;
    }

    void thaw() throws IOException, InterruptedException {
        frozen = false;
        Host.run("fsfreeze", "--unfreeze", mountPoint.toString());
    }

    private void unmount() {
        try {
            if (frozen) {
                thaw();
            }
            // Lazily: a process that was just killed may still have a file open.
            Host.run("umount", "--lazy", mountPoint.toString());
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
        loop.close();
    }
}
