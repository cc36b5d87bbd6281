package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Carries out WRITE, DISCARD and WRITE_ZEROES, all that have come at once. One thread, so no two writes of one block
 * ever meet: what is read to be modified is what the last write left.
 *
 * <p>A request is in one batch or in several, one after the other; it fails if one of them fails.
 */
final class VolumeWriter implements Lane.Batch, AutoCloseable {
    /** Beyond so many, one entry stands for the whole range; below, entries of their own make reading cheaper. */
    private static final long SINGLE_DELETES_MAX = 64;

    private final VolumeDb db;
    private final VolumeErrors errors;
    private final Lane syncs;
    private final Reclaimer reclaimer;
    private final int blockBytes;
    private final StagedBlocks staged;
    private final WriteBatch deletes = new WriteBatch();
    private final GuestCursor cursor = new GuestCursor();
    private final @Nullable StoreResult[] results = new StoreResult[Lane.BATCH_MAX];
    /** The first request of which something is staged. */
    private int firstStaged;
    private int current;

    VolumeWriter(VolumeDb db, VolumeErrors errors, Lane syncs, Reclaimer reclaimer, int blockBytes) {
        this.db = db;
        this.errors = errors;
        this.syncs = syncs;
        this.reclaimer = reclaimer;
        this.blockBytes = blockBytes;
        this.staged = new StagedBlocks(blockBytes);
    }

    @Override
    public void run(StoreRequest[] requests, int count) {
        firstStaged = 0;
        try {
            for (current = 0; current < count; current++) {
                execute(requests[current]);
            }
            current = count - 1;
            commit(requests[current].operation());
        } catch (RuntimeException | Error e) {
            // A mistake of ours, or guest memory that was cut off, which is told late: nobody knows whose it was.
            staged.clear();
            for (int i = 0; i < count; i++) {
                results[i] = errors.failed(requests[i].operation(), e);
            }
        }
        for (int i = 0; i < count; i++) {
            finish(requests[i], results[i]);
        }
        Arrays.fill(results, 0, count, null);
    }

    private void finish(StoreRequest request, @Nullable StoreResult result) {
        if (result != null) {
            request.complete(result);
        } else if (request.durable()) {
            syncs.add(request);
        } else {
            request.complete(errors.ok(request.operation()));
        }
    }

    private void execute(StoreRequest request) {
        boolean refused = request.durable() && errors.counters().flushFailed();
        if (refused) {
            results[current] = StoreResult.ERROR;
            return;
        }
        try {
            if (request.operation() == StoreOperation.WRITE) {
                write(request);
            } else {
                for (int i = 0; i < request.rangeCount() && results[current] == null; i++) {
                    clear(request, request.rangeOffsetBytes(i), request.rangeLengthBytes(i));
                }
            }
        } catch (InternalError e) {
            results[current] = errors.failed(request.operation(), e); // this guest's memory was cut off
        }
    }

    private void write(StoreRequest request) {
        cursor.begin(request);
        long end = request.offsetBytes() + request.lengthBytes();
        for (long at = request.offsetBytes(); at < end && results[current] == null;) {
            long block = at / blockBytes;
            int inBlock = (int) (at % blockBytes);
            int n = (int) Math.min(blockBytes - inBlock, end - at);
            int slot = staged.find(block);
            if (slot < 0) {
                slot = n == blockBytes ? add(block, request.operation()) : load(block, request.operation(), true);
            }
            if (slot >= 0) {
                cursor.copyOut(staged.buffer(slot).data() + inBlock, n);
            }
            at += n;
        }
    }

    /** A slot for a block that is not staged; -1 if there could be made no room, which is the request's result. */
    private int add(long block, StoreOperation operation) {
        if (staged.isFull()) {
            commit(operation);
            if (results[current] != null) {
                return -1;
            }
        }
        return staged.add(block);
    }

    /**
     * A slot with what is in the block now; -1 if that cannot be read, which is the request's result, or if there is
     * nothing and that is not wanted.
     */
    private int load(long block, StoreOperation operation, boolean wanted) {
        int slot = add(block, operation);
        if (slot < 0) {
            return slot;
        }
        try {
            if (staged.buffer(slot).load(db, block)) {
                return slot;
            }
            if (wanted) {
                staged.buffer(slot).zero(0, blockBytes);
                return slot;
            }
        } catch (RocksDBException e) {
            errors.unreadable(operation, block, e);
            results[current] = StoreResult.ERROR;
        } catch (DamagedBlockException e) {
            errors.damaged(operation, block, e.getMessage());
            results[current] = StoreResult.ERROR;
        }
        staged.removeLast();
        return -1;
    }

    /** Whole blocks are deleted, parts of blocks are written with zeroes. */
    private void clear(StoreRequest request, long offset, long length) {
        long end = offset + length;
        long first = (offset + blockBytes - 1) / blockBytes;
        long last = end / blockBytes;
        if (first > last) { // inside one block
            zero(last, (int) (offset % blockBytes), (int) length, request.operation());
            return;
        }
        if (offset % blockBytes != 0) {
            int inBlock = (int) (offset % blockBytes);
            zero(first - 1, inBlock, blockBytes - inBlock, request.operation());
        }
        if (end % blockBytes != 0) {
            zero(last, 0, (int) (end % blockBytes), request.operation());
        }
        if (first < last && results[current] == null) {
            delete(first, last, request.operation());
        }
    }

    private void zero(long block, int inBlock, int length, StoreOperation operation) {
        int slot = staged.find(block);
        if (slot < 0) {
            slot = load(block, operation, false);
        }
        if (slot >= 0) {
            staged.buffer(slot).zero(inBlock, length);
        }
    }

    private void delete(long first, long end, StoreOperation operation) {
        commit(operation); // what was written before is to be deleted as well
        if (results[current] != null) {
            return;
        }
        try {
            if (end - first > SINGLE_DELETES_MAX) {
                reclaimer.freed(first, end);
                deletes.deleteRange(VolumeDb.key(first), VolumeDb.key(end));
            } else {
                for (long block = first; block < end; block++) {
                    deletes.delete(VolumeDb.key(block));
                }
            }
            db.write(deletes);
        } catch (RocksDBException e) {
            results[current] = errors.refused(operation, e);
        } finally {
            deletes.clear();
        }
    }

    /** Writes what is staged; if that fails, it is the result of every request that has something in it. */
    private void commit(StoreOperation operation) {
        try {
            if (!staged.isEmpty()) {
                staged.commit(db);
            }
        } catch (RocksDBException e) {
            StoreResult result = errors.refused(operation, e);
            for (int i = firstStaged; i <= current; i++) {
                results[i] = result;
            }
        }
        firstStaged = current;
    }

    @Override
    public void close() {
        deletes.close();
        staged.close();
    }
}
