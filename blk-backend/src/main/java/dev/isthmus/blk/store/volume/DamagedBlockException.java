package dev.isthmus.blk.store.volume;

/** RocksDB gave something that is not what was written. */
final class DamagedBlockException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedBlockException(String problem) {
        super(problem, null, false, false);
    }
}
