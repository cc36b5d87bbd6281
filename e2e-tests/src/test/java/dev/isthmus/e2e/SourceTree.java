package dev.isthmus.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what the tests use of the source tree, from whichever directory of it they run in. */
final class SourceTree {

    private SourceTree() {
    }

    /**
     * The path of a file or directory that is in the tree.
     *
     * @throws IllegalStateException if there is none
     */
    static Path resolve(String path) {
        for (var directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("e2e-tests")) && Files.exists(directory.resolve(path))) {
                return directory.resolve(path);
            }
        }
        throw new IllegalStateException("no " + path + " in the source tree above " + Path.of("").toAbsolutePath());
    }
}
