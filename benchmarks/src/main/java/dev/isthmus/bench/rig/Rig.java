package dev.isthmus.bench.rig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A place to measure at: a directory, words about the progress, and nothing stays behind. */
public final class Rig implements AutoCloseable {
    private final PrintWriter err;
    private final Cleanup cleanup;
    private final Path directory;
    private volatile boolean clean = true;

    private Rig(PrintWriter err) throws IOException {
        this.err = err;
        cleanup = Cleanup.atExit(problem -> {
            clean = false;
            say(problem);
        });
        directory = cleanup.make(() -> Files.createTempDirectory("isthmus-bench-"), Rig::remove);
    }

    /** @param err where words for people go */
    public static Rig open(PrintWriter err) throws IOException {
        return new Rig(err);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    /** For sockets, logs and images; its path is short enough for a socket's. */
    public Path directory() {
        return directory;
    }

    public void say(String line) {
        err.println(line);
        err.flush();
    }

    /** Whether all that was undone until now could be. */
    public boolean isClean() {
        return clean;
    }

    @Override
    public void close() {
        cleanup.close();
    }
}
