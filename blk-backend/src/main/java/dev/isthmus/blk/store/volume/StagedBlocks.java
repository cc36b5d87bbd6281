package dev.isthmus.blk.store.volume;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Blocks on their way into RocksDB, which takes them all at once. A block that is staged twice is there once, so what
 * several requests write into one block comes together here. Confined to a thread at a time.
 *
 * <pre>
 *   table: block number, hashed ──► slot      open addressing, twice as many places as slots, 0 for empty
 *   slots: 0 ... count-1 in use               a block's number and its buffer
 * </pre>
 */
final class StagedBlocks implements AutoCloseable {
    /** So large that what a batch costs does not matter, so small that it does not matter in memory either. */
    private static final int BYTES = 2 << 20;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Arena arena = Arena.ofShared();
    private final WriteBatch batch = new WriteBatch();
    private final BlockBuffer[] buffers;
    private final long[] blocks;
    private final short[] table;
    private final int shift;
    private int count;

    StagedBlocks(int blockBytes) {
        int slots = BYTES / blockBytes;
        buffers = new BlockBuffer[slots];
        for (int i = 0; i < slots; i++) {
            buffers[i] = new BlockBuffer(arena, blockBytes);
        }
        blocks = new long[slots];
        table = new short[2 * slots];
        shift = Long.numberOfLeadingZeros(table.length) + 1;
    }

    boolean isFull() {
        return count == buffers.length;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The slot of a block; -1 if it is not staged. */
    int find(long block) {
        return table[place(block)] - 1;
    }

    /** A slot for a block that has none, with undefined data; there is room. */
    int add(long block) {
        blocks[count] = block;
        table[place(block)] = (short) (count + 1);
        return count++;
    }

    /** Takes the slot back that {@link #add} gave last. */
    void removeLast() {
        count--;
        // Nothing was added after it, so no other block had to step aside for it.
        table[place(blocks[count])] = 0;
    }

    BlockBuffer buffer(int slot) {
        return buffers[slot];
    }

    private int place(long block) {
        int place = (int) (block * GOLDEN >>> shift);
        while (table[place] != 0 && blocks[table[place] - 1] != block) {
            place = place + 1 & table.length - 1;
        }
        return place;
    }

    /** Writes all of them; nothing is staged afterwards, even if that failed. A block of zeroes is stored as none. */
    void commit(VolumeDb db) throws RocksDBException {
        try {
            fillBatch();
            db.write(batch);
        } finally {
            clear();
        }
    }

    /** The same, for who flushes at the end or throws everything away. */
    void commitUnlogged(VolumeDb db) throws RocksDBException {
        try {
            fillBatch();
            db.writeUnlogged(batch);
        } finally {
            clear();
        }
    }

    private void fillBatch() throws RocksDBException {
        for (int slot = 0; slot < count; slot++) {
            BlockBuffer buffer = buffers[slot];
            long block = blocks[slot];
            if (buffer.isZero()) {
                batch.delete(buffer.key(block));
            } else {
                batch.put(buffer.key(block), buffer.sealed(block));
            }
        }
    }

    /** Forgets what is staged. */
    void clear() {
        batch.clear();
        Arrays.fill(table, (short) 0);
        count = 0;
    }

    @Override
    public void close() {
        batch.close();
        arena.close();
    }
}
