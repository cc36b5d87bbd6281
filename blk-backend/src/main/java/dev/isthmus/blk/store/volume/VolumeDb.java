package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB directory with blocks: a key is a block's number, 8 bytes big-endian, so that blocks lie in their
 * order; a value is the block's checksum, 8 bytes little-endian, and its data.
 *
 * <p>Any thread. Buffers are native memory of ours.
 */
final class VolumeDb implements AutoCloseable {
    static final int KEY_BYTES = Long.BYTES;
    static final int CHECKSUM_BYTES = Long.BYTES;
    static final int ABSENT = RocksDB.NOT_FOUND;

    /** Reads of files by a walk, in one piece: otherwise RocksDB begins with one block and grows from there. */
    private static final int SOME_BYTES = 32 << 10;
    private static final int MANY_BYTES = 128 << 10;

    private static final String LIVE_BYTES = "rocksdb.estimate-live-data-size";
    private static final String CACHED_BYTES = "rocksdb.block-cache-usage";
    private static final String MEMTABLE_BYTES = "rocksdb.cur-size-all-mem-tables";
    private static final String TABLE_READER_BYTES = "rocksdb.estimate-table-readers-mem";
    private static final String WRITE_STOPPED = "rocksdb.is-write-stopped";

    private final DbOptions options;
    private final ReadOptions readOptions = new ReadOptions();
    private final ReadOptions someOptions = walkOptions(SOME_BYTES);
    private final ReadOptions manyOptions = walkOptions(MANY_BYTES);
    private final WriteOptions writeOptions = new WriteOptions();
    /** Several compactions of a volume may be under way; flushes and compactions of RocksDB's own go on. */
    private final CompactRangeOptions compaction = new CompactRangeOptions().setExclusiveManualCompaction(false);
    private final String path;
    private final boolean readOnly;
    private RocksDB db;
    /** Between those who use the handle and who closes it: a closed one is a wild pointer. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean closed;
    private boolean freed;
    /** Whether a damage was met while files were rewritten, which is left undone since. */
    private volatile boolean resting;
    private volatile Consumer<String> restListener = problem -> {
    };

    private VolumeDb(DbOptions options, String path, boolean readOnly, RocksDB db) {
        this.options = options;
        this.readOnly = readOnly;
        this.path = path;
        this.db = db;
    }

    /**
     * @param readOnly whether no file of it is changed: what is in the log alone is read into memory
     * @throws VolumeException in words that follow the volume's name
     */
    static VolumeDb open(Path directory, VolumeHeader header, VolumeTuning tuning, boolean readOnly)
            throws IOException {
        RocksLibrary.load();
        // Without this, RocksDB takes a directory that lost this file for a new one.
        if (!Files.isReadable(directory.resolve("CURRENT"))) {
            throw new VolumeException("has no data in " + directory);
        }
        var options = new DbOptions(header, tuning);
        try {
            String path = directory.toString();
            RocksDB db = readOnly ? RocksDB.openReadOnly(options.options, path) : RocksDB.open(options.options, path);
            return new VolumeDb(options, path, readOnly, db);
        } catch (RocksDBException e) {
            options.close();
            throw new VolumeException("cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Makes the directory of an empty volume. */
    static void create(Path directory, VolumeHeader header) throws IOException {
        RocksLibrary.load();
        try (var options = new DbOptions(header, VolumeTuning.USUAL);
                RocksDB db = RocksDB.open(options.options.setCreateIfMissing(true), directory.toString())) {
            db.syncWal();
        } catch (RocksDBException e) {
            throw new VolumeException("cannot be made: " + e.getMessage(), e);
        }
        Trees.sync(directory);
    }

    /** Reads a value into {@code value} from its position on; its length, or {@link #ABSENT}. */
    int get(ByteBuffer key, ByteBuffer value) throws RocksDBException {
        lock.readLock().lock();
        try {
            return open().get(readOptions, key, value);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What is done with all blocks from one on, in order. */
    interface Walk {
        /** {@code iterator} stands on a block; false ends the walk. */
        boolean next(RocksIterator iterator) throws RocksDBException;
    }

    /** What a walk reads goes through the cache only if it is short: a long one would leave nothing else in it. */
    private static ReadOptions walkOptions(int bytes) {
        return new ReadOptions().setFillCache(false).setReadaheadSize(bytes);
    }

    /**
     * Walks until there are no more blocks or {@code walk} ends it; damage that is met is an exception.
     *
     * @param bytes how far it will go, about
     */
    void walk(ByteBuffer from, long bytes, Walk walk) throws RocksDBException {
        lock.readLock().lock();
        ReadOptions reading = bytes >= MANY_BYTES ? manyOptions : bytes >= SOME_BYTES ? someOptions : readOptions;
        try (RocksIterator iterator = open().newIterator(reading)) {
            iterator.seek(from);
            while (iterator.isValid() && walk.next(iterator)) {
                iterator.next();
            }
            iterator.status();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Writes all of a batch. If RocksDB refuses because it met a damage while it rewrote files, it is made to leave
     * them as they are, so that the damage costs what is damaged and no more.
     */
    void write(WriteBatch batch) throws RocksDBException {
        try {
            writeOnce(batch);
        } catch (RocksDBException e) {
            if (!isDamage(e.getStatus()) || !rest(String.valueOf(e.getMessage()))) {
                throw e;
            }
            writeOnce(batch);
        }
    }

    /** @param listener told once, with RocksDB's words, when no more files are rewritten; by the thread that writes */
    void whenResting(Consumer<String> listener) {
        restListener = listener;
    }

    /** RocksDB forgets such an error only when it is opened anew. False if that was done before. */
    private boolean rest(String problem) throws RocksDBException {
        if (resting) {
            return false;
        }
        compaction.setCanceled(true); // who compacts has the lock
        lock.writeLock().lock();
        try {
            if (closed) {
                return false;
            }
            db.close();
            closed = true; // unless it opens
            options.options.setDisableAutoCompactions(true);
            db = RocksDB.open(options.options, path);
            closed = false;
            resting = true;
        } finally {
            compaction.setCanceled(false);
            lock.writeLock().unlock();
        }
        restListener.accept(problem);
        return true;
    }

    private void writeOnce(WriteBatch batch) throws RocksDBException {
        lock.readLock().lock();
        try {
            open().write(writeOptions, batch);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Without the log: there after {@link #flush} only. */
    void writeUnlogged(WriteBatch batch) throws RocksDBException {
        lock.readLock().lock();
        try (WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
            open().write(unlogged, batch);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Puts everything written into data files. */
    void flush() throws RocksDBException {
        lock.readLock().lock();
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            open().flush(wait);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The number of the last block there is; -1 if there is none. */
    long lastBlock() throws RocksDBException {
        lock.readLock().lock();
        try (RocksIterator iterator = open().newIterator(readOptions)) {
            iterator.seekToLast();
            iterator.status();
            return iterator.isValid() ? ByteBuffer.wrap(iterator.key()).getLong() : -1;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Makes every write that has returned stable. */
    void sync() throws RocksDBException {
        lock.readLock().lock();
        try {
            if (!readOnly) {
                open().syncWal();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Makes {@code directory}, which does not exist, the same contents as now; shares the data files. */
    void checkpoint(Path directory) throws IOException {
        lock.readLock().lock();
        try (Checkpoint checkpoint = Checkpoint.create(open())) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Rewrites the files that hold a range of blocks, so that what was freed takes no space any more. May take long;
     * ends early when the volume is closed. Does nothing once a damage was met.
     */
    void compact(long firstBlock, long endBlock) throws RocksDBException {
        lock.readLock().lock();
        try {
            if (resting) {
                return;
            }
            open().compactRange(null, key(firstBlock), key(endBlock), compaction);
        } finally {
            lock.readLock().unlock();
        }
    }

    boolean isReadOnly() {
        return readOnly;
    }

    static byte[] key(long block) {
        return ByteBuffer.allocate(KEY_BYTES).putLong(0, block).array();
    }

    /** Figures as of now; all zero when closed. */
    VolumeFigures figures() {
        lock.readLock().lock();
        try {
            return closed ? VolumeFigures.NONE
                    : new VolumeFigures(figure(LIVE_BYTES), figure(CACHED_BYTES), figure(MEMTABLE_BYTES),
                            figure(TABLE_READER_BYTES), figure(WRITE_STOPPED) != 0, resting,
                            options.statistics.getTickerCount(TickerType.STALL_MICROS));
        } finally {
            lock.readLock().unlock();
        }
    }

    private long figure(String property) {
        try {
            return db.getLongProperty(property);
        } catch (RocksDBException e) {
            return 0;
        }
    }

    private RocksDB open() {
        if (closed) {
            throw new IllegalStateException("volume is closed");
        }
        return db;
    }

    /** {@code -errno} for what RocksDB says. */
    static int errno(RocksDBException e) {
        Status status = e.getStatus();
        boolean full = status != null && status.getSubCode() == Status.SubCode.NoSpace;
        return full ? -Errno.ENOSPC : -Errno.EIO;
    }

    static boolean isDamage(@Nullable Status status) {
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    @Override
    public void close() {
        if (!closed) {
            compaction.setCanceled(true); // who compacts has the lock
        }
        lock.writeLock().lock();
        try {
            if (!freed) {
                closed = true;
                freed = true;
                db.close(); // once more does nothing
                readOptions.close();
                someOptions.close();
                manyOptions.close();
                writeOptions.close();
                compaction.close();
                options.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
