package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Writes a raw image of a volume, with holes where the volume has no blocks. */
final class VolumeExport {
    private VolumeExport() {}

    /** @param image does not exist */
    static void write(VolumeDb db, VolumeHeader header, Path image, Progress progress) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            var buffer = new BlockBuffer(arena, header.blockBytes());
            db.walk(buffer.key(0), Long.MAX_VALUE, iterator -> {
                copy(buffer, iterator, header, file, progress);
                return true;
            });
            if (file.size() < header.sizeBytes()) {
                file.write(ByteBuffer.allocate(1), header.sizeBytes() - 1);
            }
            file.force(true);
            progress.at(header.sizeBytes(), header.sizeBytes());
        } catch (RocksDBException e) {
            throw new VolumeException("cannot be read: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new VolumeException(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()), e);
        }
    }

    private static void copy(BlockBuffer buffer, RocksIterator iterator, VolumeHeader header, FileChannel file,
            Progress progress) {
        try {
            long block = buffer.blockOf(iterator);
            buffer.take(iterator, block);
            long at = block * header.blockBytes();
            long length = Math.min(header.blockBytes(), header.sizeBytes() - at);
            if (length <= 0) {
                return;
            }
            ByteBuffer data = buffer.dataBuffer((int) length);
            while (data.hasRemaining()) {
                file.write(data, at + data.position());
            }
            progress.at(at + length, header.sizeBytes());
        } catch (DamagedBlockException e) {
            throw new UncheckedIOException(new VolumeException("a block is damaged: " + e.getMessage()
                    + "; scrub tells which", e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
