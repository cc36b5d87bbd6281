package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file system that can be made to hang: ext4 on a loop device, which the kernel freezes (FIFREEZE,
 * ioctl_fifreeze(2)). Whoever writes to it then waits in the kernel, as with a disk that does not answer.
 */
final class FreezableDisk implements AutoCloseable {

    private final LoopDevice loop;
    private final Mount mount;
    private final Runnable thaw = this::thaw;
    private boolean hangs;

    private FreezableDisk(LoopDevice loop, Mount mount) {
        this.loop = loop;
        this.mount = mount;
    }

    /** @param directory is made if there is none */
    static FreezableDisk mount(Path directory, long bytes) throws IOException, InterruptedException {
        LoopDevice loop = LoopDevice.ofBytes(bytes);
        try {
            Host.run("mkfs.ext4", "-q", loop.device().toString());
            return new FreezableDisk(loop, Mount.at(directory, loop.device().toString()));
        } catch (IOException | InterruptedException | AssertionError e) {
            loop.close();
            throw e;
        }
    }

    Path directory() {
        return mount.directory();
    }

    /** It hangs until this is closed, or the disk is. */
    interface Hang extends AutoCloseable {
        @Override
        void close();
    }

    Hang hang() throws IOException, InterruptedException {
        Host.run("fsfreeze", "--freeze", directory().toString());
        hangs = true;
        Leftovers.remember(thaw);
        return this::thaw;
    }

    private void thaw() {
        if (hangs) {
            hangs = false;
            Host.undo("fsfreeze", "--unfreeze", directory().toString());
            Leftovers.forget(thaw);
        }
    }

    @Override
    public void close() {
        try (loop; mount) {
            thaw();
        }
    }
}
