package dev.isthmus.blk.store.volume;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/** How RocksDB is used for a volume, with the native objects that go with it. */
final class DbOptions implements AutoCloseable {
    private static final int LEVEL_FILES_BYTES = 64 << 20;
    private static final int BLOOM_BITS = 10;
    /** What is read, and lost, at once: two blocks of 4 KiB. */
    private static final int TABLE_BLOCK_BYTES = 8 << 10;
    /** Half as many rewrites of the next level as with RocksDB's 4. */
    private static final int LEVEL_0_FILES = 8;
    /** RocksDB's 16 MiB a second is for disks of another time. */
    private static final long DELAYED_BYTES = 256L << 20;
    private static final int OPEN_FILES_MAX = 512;
    private static final int SYNC_BYTES = 1 << 20;
    private static final int LOG_BYTES = 1 << 20;
    private static final int CACHE_SHARD_BITS = 2;

    final Options options;
    final LRUCache cache;
    final Statistics statistics;
    /** In the order they are made; closed the other way round. */
    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

    DbOptions(VolumeHeader header, VolumeTuning tuning) {
        long memory = tuning.memoryBytes();
        cache = own(new LRUCache(memory, CACHE_SHARD_BITS));
        // Memtables count as cached blocks, so the cache's capacity bounds both together.
        var writeBuffers = own(new WriteBufferManager(memory / 2, cache));
        statistics = own(new Statistics());
        statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
        var table = new BlockBasedTableConfig().setBlockCache(cache).setBlockSize(TABLE_BLOCK_BYTES)
                .setFormatVersion(6).setFilterPolicy(own(new BloomFilter(BLOOM_BITS)))
                // Indexes in parts, as cached blocks: with a terabyte written they are a gigabyte.
                .setIndexType(IndexType.kTwoLevelIndexSearch).setPartitionFilters(true)
                .setCacheIndexAndFilterBlocks(true).setPinTopLevelIndexAndFilter(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        options = own(new Options()).setTableFormatConfig(table).setStatistics(statistics)
                .setWriteBufferManager(writeBuffers).setWriteBufferSize(memory / 4).setMaxWriteBufferNumber(4)
                .setTargetFileSizeBase(LEVEL_FILES_BYTES).setMaxBytesForLevelBase(4L * LEVEL_FILES_BYTES)
                .setLevel0FileNumCompactionTrigger(LEVEL_0_FILES).setDelayedWriteRate(DELAYED_BYTES)
                .setLevelCompactionDynamicLevelBytes(true).setCompressionType(compression(header.compression()))
                .setMaxBackgroundJobs(2).setMaxOpenFiles(OPEN_FILES_MAX)
                .setBytesPerSync(SYNC_BYTES).setWalBytesPerSync(SYNC_BYTES)
                // After a power cut, what was written and not flushed may be there in part. What comes before the first
                // gap is what the guest wrote, in order; what comes behind is dropped.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL).setMaxLogFileSize(LOG_BYTES).setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0).setStatsPersistPeriodSec(0);
    }

    private static CompressionType compression(Compression compression) {
        return switch (compression) {
            case LZ4 -> CompressionType.LZ4_COMPRESSION;
            case ZSTD -> CompressionType.ZSTD_COMPRESSION;
            case NONE -> CompressionType.NO_COMPRESSION;
        };
    }

    private <T extends AbstractNativeReference> T own(T object) {
        owned.push(object);
        return object;
    }

    @Override
    public void close() {
        owned.forEach(AbstractNativeReference::close);
    }
}
