package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.IoScratch;
import dev.isthmus.blk.store.StoreExecutor;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Carries out READ. One for each reading thread. */
final class BlockReader implements StoreExecutor {
    /** From so many blocks on, going through them in order is cheaper than asking for each. */
    private static final int WALK_BLOCKS = 4;

    private final VolumeDb db;
    private final VolumeErrors errors;
    private final int blockBytes;
    private final BlockBuffer buffer;
    private final GuestCursor cursor = new GuestCursor();

    BlockReader(Arena arena, VolumeDb db, VolumeErrors errors, int blockBytes) {
        this.db = db;
        this.errors = errors;
        this.blockBytes = blockBytes;
        this.buffer = new BlockBuffer(arena, blockBytes);
    }

    @Override
    public StoreResult execute(StoreRequest request, IoScratch scratch) {
        cursor.begin(request);
        long at = request.offsetBytes();
        long end = at + request.lengthBytes();
        boolean whole = (end - 1) / blockBytes - at / blockBytes < WALK_BLOCKS ? byBlock(at, end) : byWalk(at, end);
        return whole ? StoreResult.OK : StoreResult.ERROR;
    }

    @Override
    public StoreResult failed(StoreRequest request, Throwable cause) {
        return errors.failed(request.operation(), cause);
    }

    private boolean byBlock(long from, long end) {
        boolean whole = true;
        for (long at = from; at < end && whole;) {
            long block = at / blockBytes;
            int inBlock = (int) (at % blockBytes);
            long n = Math.min(blockBytes - inBlock, end - at);
            whole = one(block, inBlock, n);
            at += n;
        }
        return whole;
    }

    private boolean one(long block, int inBlock, long length) {
        try {
            if (buffer.load(db, block)) {
                cursor.copyIn(buffer.data() + inBlock, length);
            } else {
                cursor.zero(length);
            }
            return true;
        } catch (RocksDBException e) {
            errors.unreadable(StoreOperation.READ, block, e);
        } catch (DamagedBlockException e) {
            errors.damaged(StoreOperation.READ, block, e.getMessage());
        }
        return false;
    }

    private boolean byWalk(long from, long end) {
        var run = new Run(from, end);
        try {
            db.walk(buffer.key(from / blockBytes), end - from, run);
            if (run.damage == null) {
                cursor.zero(end - run.at);
                return true;
            }
            errors.damaged(StoreOperation.READ, run.at / blockBytes, run.damage);
        } catch (RocksDBException e) {
            // Says no block; the ones behind what was read so far do, one by one.
            return VolumeDb.isDamage(e.getStatus()) ? byBlock(run.at, end)
                    : errors.unreadable(StoreOperation.READ, run.at / blockBytes, e);
        }
        return false;
    }

    /** Many blocks in their order; what lies between those there are is zero. */
    private final class Run implements VolumeDb.Walk {
        private final long end;
        private long at;
        private @Nullable String damage;

        Run(long at, long end) {
            this.at = at;
            this.end = end;
        }

        @Override
        public boolean next(RocksIterator iterator) {
            try {
                long block = buffer.blockOf(iterator);
                if (block > (end - 1) / blockBytes) {
                    return false;
                }
                buffer.take(iterator, block);
                long start = block * blockBytes;
                if (start > at) {
                    cursor.zero(start - at);
                    at = start;
                }
                long n = Math.min(start + blockBytes, end) - at;
                cursor.copyIn(buffer.data() + (at - start), n);
                at += n;
                return at < end;
            } catch (DamagedBlockException e) {
                damage = e.getMessage();
                return false;
            }
        }
    }
}
