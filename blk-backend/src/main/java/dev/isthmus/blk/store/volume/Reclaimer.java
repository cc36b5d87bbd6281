package dev.isthmus.blk.store.volume;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives space back that a guest has freed. RocksDB does so by itself when more is written, which may be never; so when
 * much was freed and then nothing for a while, the files that held it are rewritten.
 */
final class Reclaimer {
    private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);
    /** Less is not worth rewriting files for; it is found with the next. */
    private static final long LEAST_BYTES = 64L << 20;
    /** So many looks without another large DISCARD: a guest that trims is done. */
    private static final int QUIET_LOOKS = 3;

    private final String deviceName;
    private final VolumeDb db;
    private final int blockBytes;
    private final Object monitor = new Object();
    private long firstBlock = Long.MAX_VALUE;
    private long endBlock;
    private long freedBlocks;
    private int looks;
    private @Nullable Thread thread;

    Reclaimer(String deviceName, VolumeDb db, int blockBytes) {
        this.deviceName = deviceName;
        this.db = db;
        this.blockBytes = blockBytes;
    }

    /** Blocks are being freed by an entry for the whole range. */
    void freed(long first, long end) {
        synchronized (monitor) {
            firstBlock = Math.min(firstBlock, first);
            endBlock = Math.max(endBlock, end);
            freedBlocks += end - first;
            looks = 0;
        }
    }

    /** About once a second; does not wait. */
    void look() {
        synchronized (monitor) {
            boolean busy = thread != null && thread.isAlive();
            if (busy || freedBlocks * blockBytes < LEAST_BYTES || ++looks < QUIET_LOOKS) {
                return;
            }
            long first = firstBlock;
            long end = endBlock;
            firstBlock = Long.MAX_VALUE;
            endBlock = 0;
            freedBlocks = 0;
            thread = Thread.ofPlatform().daemon().name("reclaim-" + deviceName).start(() -> reclaim(first, end));
        }
    }

    private void reclaim(long first, long end) {
        try {
            db.compact(first, end);
        } catch (RocksDBException | RuntimeException e) {
            LOG.debug("{}: blocks {} to {} were not reclaimed: {}", deviceName, first, end, e.getMessage());
        }
    }

    /** Waits for the thread, which ends with the database. */
    void end() {
        Thread running;
        synchronized (monitor) {
            running = thread;
        }
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
