package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system that can be made to hang: ext4 on a loop device, which the kernel freezes (FIFREEZE,
 * ioctl_fifreeze(2)). Whoever writes to it then waits in the kernel, as with a disk that does not answer.
 */
final class FreezableDisk implements AutoCloseable {

    private final LoopDevice loop;
    private final Path mounted;
    private final Runnable undo = this::unmount;

    private FreezableDisk(LoopDevice loop, Path mounted) {
        this.loop = loop;
        this.mounted = mounted;
        Leftovers.remember(undo);
    }

    /** @param mounted a directory that is made */
    static FreezableDisk mount(Path mounted, long bytes) throws IOException, InterruptedException {
        LoopDevice loop = LoopDevice.ofBytes(bytes);
        try {
            Host.run("mkfs.ext4", "-q", loop.device().toString());
            Host.run("mount", loop.device().toString(), Files.createDirectory(mounted).toString());
            return new FreezableDisk(loop, mounted);
        } catch (IOException | InterruptedException | AssertionError e) {
            loop.close();
            throw e;
        }
    }

    Path directory() {
        return mounted;
    }

    /** It hangs until this is closed. */
    final class Hang implements AutoCloseable {
        private final Runnable undo = FreezableDisk.this::thaw;

        private Hang() {
            Leftovers.remember(undo);
        }

        @Override
        public void close() {
            thaw();
            Leftovers.forget(undo);
        }
    }

    Hang hang() throws IOException, InterruptedException {
        Host.run("fsfreeze", "--freeze", mounted.toString());
        return new Hang();
    }

    private void thaw() {
        run("fsfreeze", "--unfreeze", mounted.toString());
    }

    private void unmount() {
        run("umount", mounted.toString());
    }

    private static void run(String... command) {
        try {
            Host.run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try (loop) {
            unmount();
            Leftovers.forget(undo);
        }
    }
}
