package dev.isthmus.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A block device of the host that writes down, in order, every write and every flush that reaches it: what is above it
 * may be any store or file system. From the log the device can be made as it was at any moment ({@link WriteLog}).
 *
 * <pre>
 *   loop device ──► file that is a FUSE export ──► qemu-storage-daemon, blklogwrites ──► contents, log
 *   page cache      passes each write on                                                 (in memory)
 * </pre>
 */
final class LoggedDevice implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Path exported;
    private final Path log;
    private final Program daemon;
    private final Path device;
    private final Runnable undo = this::takeDown;
    private boolean closed;

    private LoggedDevice(Path exported, Path log, Program daemon, Path device) {
        this.exported = exported;
        this.log = log;
        this.daemon = daemon;
        this.device = device;
        Leftovers.remember(undo);
    }

    /** A device of zeroes; its contents and its log are files in a directory that should be in memory. */
    static LoggedDevice ofBytes(long bytes, Path directory) throws IOException, InterruptedException {
        Path contents = Images.sparse(directory.resolve("contents"), bytes);
        Path log = Images.sparse(directory.resolve("log"), 0);
        Path exported = Files.createFile(directory.resolve("exported"));
        Program daemon = Program.start(Host.log("logged-device"), List.of("qemu-storage-daemon",
                "--blockdev", "driver=file,node-name=contents,discard=unmap,filename=" + contents,
                "--blockdev", "driver=file,node-name=log,filename=" + log,
                "--blockdev", "driver=blklogwrites,node-name=logged,discard=unmap,file=contents,log=log",
                "--export", "type=fuse,id=logged,node-name=logged,writable=on,mountpoint=" + exported));
        try {
            awaitMount(exported, daemon);
            String device = Host.run("losetup", "--find", "--show", exported.toString());
            return new LoggedDevice(exported, log, daemon, Path.of(device));
        } catch (AssertionError | IOException | InterruptedException e) {
            daemon.close();
            unmount(exported);
            throw e;
        }
    }

    private static void awaitMount(Path exported, Program daemon) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!isMounted(exported)) {
            if (daemon.ends(LOOK_AGAIN) || deadline - System.nanoTime() < 0) {
                throw new AssertionError("qemu-storage-daemon exports nothing:\n" + daemon.output());
            }
        }
    }

    private static boolean isMounted(Path exported) throws IOException {
        return Files.readString(Path.of("/proc/self/mounts")).contains(" " + exported + " ");
    }

    Path device() {
        return device;
    }

    /** How many bytes were logged until now: whatever was flushed before is within. */
    long loggedBytes() {
        try {
            return Files.size(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the device and reads what it logged; its bytes stay in the file. */
    WriteLog end() throws IOException {
        close();
        return WriteLog.read(log);
    }

    private static void unmount(Path exported) throws IOException, InterruptedException {
        if (isMounted(exported)) {
            Host.run("umount", "--lazy", exported.toString());
        }
    }

    private void takeDown() {
        try {
            Host.run("losetup", "--detach", device.toString());
            if (daemon.isAlive()) {
                daemon.terminate(LIMIT);
            }
            unmount(exported);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            daemon.close();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true; // the number of the loop device may be another's soon
            takeDown();
            Leftovers.forget(undo);
        }
    }
}
