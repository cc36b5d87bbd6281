package dev.isthmus.blk.store.volume;

import org.rocksdb.RocksDB;

/**
 * RocksDB's native library, loaded when the first volume is opened: a process without one never sees it.
 *
 * <p>RocksDB looks for it in {@code java.library.path} first, and what is there is mapped, so all processes share its
 * pages. If it is not there, it is unpacked from its jar into {@code java.io.tmpdir}, once a process.
 */
final class RocksLibrary {
    private RocksLibrary() {}

    static void load() throws VolumeException {
        try {
            RocksDB.loadLibrary();
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            throw new VolumeException("RocksDB cannot be loaded: " + e.getMessage()
                    + "; it needs its library in java.library.path, or a writable java.io.tmpdir", e);
        }
    }
}
