package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreErrors;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreResult;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong with a volume in use, as results, counts and log lines. Any thread. */
final class VolumeErrors {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeErrors.class);
    /** Each names a range, so that an operator knows what to restore; beyond that, {@code volume scrub} tells. */
    private static final long DAMAGE_LINES_MAX = 100;

    private final String name;
    private final int blockBytes;
    private final StoreCounters counters;
    private final StoreErrors errors;

    /** @param name how log lines call it: device and volume */
    VolumeErrors(String name, int blockBytes, StoreCounters counters, StoreErrors errors) {
        this.name = name;
        this.blockBytes = blockBytes;
        this.counters = counters;
        this.errors = errors;
    }

    StoreCounters counters() {
        return counters;
    }

    /** RocksDB could not read a block. False, for who returns it. */
    boolean unreadable(StoreOperation operation, long block, RocksDBException e) {
        if (VolumeDb.isDamage(e.getStatus())) {
            damaged(operation, block, e.getMessage());
        } else {
            errors.resultOf(operation, VolumeDb.errno(e));
        }
        return false;
    }

    void damaged(StoreOperation operation, long block, @Nullable String problem) {
        if (counters.countChecksumError(operation) <= DAMAGE_LINES_MAX) {
            long from = block * blockBytes;
            LOG.error("{}: block {} (bytes {} to {}) is damaged: {}", name, block, from, from + blockBytes - 1,
                    problem);
        }
    }

    /** RocksDB refused to write. */
    StoreResult refused(StoreOperation operation, RocksDBException e) {
        return errors.resultOf(operation, VolumeDb.errno(e));
    }

    StoreResult ok(StoreOperation operation) {
        return errors.resultOf(operation, 0);
    }

    StoreResult failed(StoreOperation operation, Throwable cause) {
        return errors.failed(operation, cause);
    }

    /** A damage is in the way of rewriting files. */
    void resting(String problem) {
        LOG.error("{}: a data file is damaged, and data files are left as they are until the volume is opened anew: {};"
                + " volume scrub tells what is lost", name, problem);
    }

    /** From now on, nothing can be promised until the volume is opened anew. */
    StoreResult flushFailed(RocksDBException e) {
        if (!counters.flushFailed()) {
            LOG.error("{}: a flush failed: {}", name, e.getMessage());
        }
        counters.countFlushError();
        return errors.resultOf(StoreOperation.FLUSH, VolumeDb.errno(e));
    }
}
