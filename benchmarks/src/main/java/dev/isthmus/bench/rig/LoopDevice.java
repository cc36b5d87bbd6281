package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Path;

/** A block device over a file that leaves out the page cache (direct I/O), as a disk opened with O_DIRECT does. */
public final class LoopDevice {
    private LoopDevice() {}

    /** The device's path; it is detached with the cleanup. */
    public static Path attach(Cleanup cleanup, Path file) throws IOException {
        return cleanup.make(
                () -> Path.of(Tool.run("losetup", "--find", "--show", "--direct-io=on", file.toString())),
                device -> Tool.run("losetup", "--detach", device.toString()));
    }
}
