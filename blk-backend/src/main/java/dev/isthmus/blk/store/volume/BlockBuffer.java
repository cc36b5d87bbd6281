package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Native memory for a block on its way to or from RocksDB: its key, and its value, which is checksum and data. Confined
 * to a thread at a time.
 */
final class BlockBuffer {
    private final int blockBytes;
    private final ByteBuffer key;
    private final ByteBuffer value;
    private final long address;

    BlockBuffer(Arena arena, int blockBytes) {
        this(arena.allocate(VolumeDb.KEY_BYTES + VolumeDb.CHECKSUM_BYTES + (long) blockBytes, Long.BYTES), blockBytes);
    }

    private BlockBuffer(MemorySegment memory, int blockBytes) {
        this.blockBytes = blockBytes;
        this.key = memory.asSlice(0, VolumeDb.KEY_BYTES).asByteBuffer();
        MemorySegment valueMemory = memory.asSlice(VolumeDb.KEY_BYTES);
        this.value = valueMemory.asByteBuffer();
        this.address = valueMemory.address();
    }

    /** Address of the data, {@code blockBytes} long. */
    long data() {
        return address + VolumeDb.CHECKSUM_BYTES;
    }

    /** The key of {@code block}, for RocksDB, which moves the buffer's position. */
    ByteBuffer key(long block) {
        key.clear();
        key.putLong(0, block);
        return key;
    }

    /** The value, for RocksDB; its checksum is written first. */
    ByteBuffer sealed(long block) {
        HostMemory.putU64(address, BlockChecksum.of(data(), blockBytes, block));
        value.clear();
        return value;
    }

    /** The first {@code length} bytes of the data, for channels. */
    ByteBuffer dataBuffer(int length) {
        return value.duplicate().clear().position(VolumeDb.CHECKSUM_BYTES).slice().limit(length);
    }

    void zero(int inBlock, int length) {
        HostMemory.zero(data() + inBlock, length);
    }

    boolean isZero() {
        long sum = 0;
        for (int i = 0; i < blockBytes && sum == 0; i += Long.BYTES) {
            sum = HostMemory.u64(data() + i);
        }
        return sum == 0;
    }

    /** Reads {@code block}; false if there is none, and the data is then undefined. */
    boolean load(VolumeDb db, long block) throws RocksDBException, DamagedBlockException {
        value.clear();
        int length = db.get(key(block), value);
        if (length == VolumeDb.ABSENT) {
            return false;
        }
        check(block, length);
        return true;
    }

    /** Takes the block {@code iterator} stands on. */
    void take(RocksIterator iterator, long block) throws DamagedBlockException {
        value.clear();
        check(block, iterator.value(value));
    }

    /** The number of the block {@code iterator} stands on. */
    long blockOf(RocksIterator iterator) throws DamagedBlockException {
        key.clear();
        int length = iterator.key(key);
        if (length != VolumeDb.KEY_BYTES) {
            throw new DamagedBlockException("a key of " + length + " bytes");
        }
        return key.getLong(0);
    }

    private void check(long block, int length) throws DamagedBlockException {
        if (length != VolumeDb.CHECKSUM_BYTES + blockBytes) {
            throw new DamagedBlockException("its value has " + length + " bytes");
        }
        if (HostMemory.u64(address) != BlockChecksum.of(data(), blockBytes, block)) {
            throw new DamagedBlockException("its checksum is wrong");
        }
    }
}
