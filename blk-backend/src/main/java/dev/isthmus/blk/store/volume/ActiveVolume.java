package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.StorePool;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * A volume in use by a device, with its threads.
 *
 * <pre>
 *   READ                          ──► reading threads, as many as configured ──► complete
 *   WRITE, DISCARD, WRITE_ZEROES  ──► one writing thread ──┬── not durable ────► complete
 *                                                          └── durable ─┐
 *   FLUSH ──────────────────────────────────────────────────────────────┴──► one syncing thread ──► complete
 * </pre>
 *
 * The writing thread takes all writes there are and gives them to RocksDB at once; the syncing thread answers by one
 * sync everyone who waits for one. So while a sync is under way, writes go on, and those who want the next one gather.
 */
final class ActiveVolume {
    private final OpenVolume volume;
    private final VolumeErrors errors;
    private final Arena arena = Arena.ofShared();
    private final Reclaimer reclaimer;
    private final Lane syncs;
    private final VolumeWriter writer;
    private final Lane writes;
    private final StorePool reads;

    ActiveVolume(String deviceName, OpenVolume volume, VolumeErrors errors, int threads) {
        this.volume = volume;
        this.errors = errors;
        int blockBytes = volume.header().blockBytes();
        volume.db().whenResting(errors::resting);
        reclaimer = new Reclaimer(deviceName, volume.db(), blockBytes);
        syncs = Lane.start("sync-" + deviceName, this::sync);
        writer = new VolumeWriter(volume.db(), errors, syncs, reclaimer, blockBytes);
        writes = Lane.start("write-" + deviceName, writer);
        reads = StorePool.start(deviceName, threads, () -> new BlockReader(arena, volume.db(), errors, blockBytes));
    }

    OpenVolume volume() {
        return volume;
    }

    /** About once a second. */
    void look() {
        reclaimer.look();
    }

    void submit(StoreRequest request) {
        switch (request.operation()) {
            case READ -> reads.submit(request);
            case WRITE, DISCARD, WRITE_ZEROES -> writes.add(request);
            case FLUSH -> syncs.add(request);
        }
    }

    /** On the syncing thread. All these requests' writes were in RocksDB before they came here. */
    private void sync(StoreRequest[] requests, int count) {
        StoreResult failure = syncOnce();
        for (int i = 0; i < count; i++) {
            requests[i].complete(failure == null ? errors.ok(requests[i].operation()) : failure);
        }
    }

    private @Nullable StoreResult syncOnce() {
        if (errors.counters().flushFailed()) {
            return StoreResult.ERROR;
        }
        try {
            volume.db().sync();
            return null;
        } catch (RocksDBException e) {
            return errors.flushFailed(e);
        }
    }

    /** Ends the threads, makes everything stable, closes the volume. */
    void end() throws IOException {
        reads.end();
        writes.end();
        syncs.end();
        try {
            if (syncOnce() != null) {
                throw new IOException("volume " + volume.paths().name() + ": a flush failed, data may be lost");
            }
        } finally {
            writer.close();
            arena.close();
            volume.close();
            reclaimer.end();
        }
    }
}
