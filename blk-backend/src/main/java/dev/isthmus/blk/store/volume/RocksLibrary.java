package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library, loaded when the first volume is opened: a process without one never sees it.
 *
 * <p>Where a directory {@value #DIRECTORY} holds it, it is mapped from there, and all processes share its pages.
 * Without one, RocksDB unpacks it from its jar into {@code java.io.tmpdir}, once a process.
 */
final class RocksLibrary {
    private static final String DIRECTORY = "isthmus.native";

    private RocksLibrary() {}

    static void load() throws IOException {
        String directory = System.getProperty(DIRECTORY);
        try {
            if (directory != null && Files.isReadable(Path.of(directory, Environment.getJniLibraryFileName(
                    "rocksdb")))) {
                RocksDB.loadLibrary(List.of(directory));
            } else {
                RocksDB.loadLibrary();
            }
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            throw new VolumeException("RocksDB cannot be loaded: " + e.getMessage()
                    + "; it needs a writable java.io.tmpdir, or its library in -D" + DIRECTORY, e);
        }
    }
}
