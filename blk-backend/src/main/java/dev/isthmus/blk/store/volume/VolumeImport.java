package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.rocksdb.RocksDBException;

/** Fills an empty volume with a raw image. What is zero in the image takes no space in the volume. */
final class VolumeImport {
    private static final int CHUNK_BYTES = 1 << 20;

    private VolumeImport() {}

    /** The size of the volume for an image: its own, rounded up to sectors. */
    static long sizeBytes(Path image) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
            long size = file.size();
            return (size + BlockLimits.SECTOR_BYTES - 1) / BlockLimits.SECTOR_BYTES * BlockLimits.SECTOR_BYTES;
        }
    }

    static void fill(VolumeDb db, VolumeHeader header, Path image, Progress progress) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ);
                OwnedFd holes = FileIo.open(image.toString(), true, false); Arena arena = Arena.ofConfined();
                var staged = new StagedBlocks(header.blockBytes())) {
            MemorySegment memory = arena.allocate(CHUNK_BYTES, Long.BYTES);
            ByteBuffer chunk = memory.asByteBuffer();
            long at = data(holes, 0, header.blockBytes());
            while (read(file, at, chunk, memory) > 0) {
                stage(db, staged, header.blockBytes(), memory, at, chunk.position());
                at = data(holes, at + chunk.position(), header.blockBytes());
                progress.at(Math.min(at, header.sizeBytes()), header.sizeBytes());
            }
            staged.commitUnlogged(db);
            db.flush();
            progress.at(header.sizeBytes(), header.sizeBytes());
        } catch (RocksDBException e) {
            throw new VolumeException("cannot be written: " + e.getMessage(), e);
        }
    }

    /** The beginning of the block with the next data: a hole of a terabyte is not read. */
    private static long data(OwnedFd file, long at, int blockBytes) {
        long data = FileIo.seekData(file.number(), at);
        if (data == -Errno.ENXIO) {
            return Long.MAX_VALUE; // only a hole is left
        }
        return data < 0 ? at : Math.max(at, data - data % blockBytes);
    }

    /** Fills the chunk as far as the file goes; behind that it is zero. */
    private static int read(FileChannel file, long at, ByteBuffer chunk, MemorySegment memory) throws IOException {
        chunk.clear();
        if (at == Long.MAX_VALUE) {
            return 0;
        }
        while (chunk.hasRemaining() && file.read(chunk, at + chunk.position()) >= 0) {
            // read on
        }
        memory.asSlice(chunk.position()).fill((byte) 0);
        return chunk.position();
    }

    private static void stage(VolumeDb db, StagedBlocks staged, int blockBytes, MemorySegment chunk, long at,
            int length) throws RocksDBException {
        for (int in = 0; in < length; in += blockBytes) {
            if (isZero(chunk.address() + in, blockBytes)) {
                continue;
            }
            if (staged.isFull()) {
                staged.commitUnlogged(db);
            }
            int slot = staged.add((at + in) / blockBytes);
            HostMemory.copy(chunk.address() + in, staged.buffer(slot).data(), blockBytes);
        }
    }

    static boolean isZero(long address, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (HostMemory.u64(address + i) != 0) {
                return false;
            }
        }
        return true;
    }
}
