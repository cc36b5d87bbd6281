package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A file system that is mounted on the host, in a directory of its own; unmounted when closed. */
final class Mount implements AutoCloseable {

    private final Path directory;
    private final Runnable undo = this::unmount;

    private Mount(Path directory) {
        this.directory = directory;
        Leftovers.remember(undo);
    }

    /**
     * Runs mount(8).
     *
     * @param directory is made if there is none
     * @param arguments what stands before the directory: options, and the device
     */
    static Mount at(Path directory, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Host.run(Stream.of(Stream.of("mount"), Stream.of(arguments), Stream.of(directory.toString()))
                .flatMap(words -> words).toArray(String[]::new));
        return new Mount(directory);
    }

    Path directory() {
        return directory;
    }

    /** Changes options, such as the size of a tmpfs. */
    void remount(String options) throws IOException, InterruptedException {
        Host.run("mount", "-o", "remount," + options, directory.toString());
    }

    private void unmount() {
        try {
            Host.undo("umount", directory.toString());
        } catch (AssertionError e) {
            // A process that was just killed may still have a file open.
            Host.undo("umount", "--lazy", directory.toString());
        }
    }

    @Override
    public void close() {
        unmount();
        Leftovers.forget(undo);
    }
}
