package dev.isthmus.e2e;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What reached a disk, in its order. The format is that of Linux' dm-log-writes (drivers/md/dm-log-writes.c), as QEMU's
 * blklogwrites writes it; numbers are little-endian, sectors have the size the head names.
 *
 * <pre>
 *   sector 0        u64 magic, version, entries; u32 sector size
 *   each entry      a sector:  u64 sector, sectors, flags, length of a mark
 *                   then as many sectors of data, unless it is a discard
 * </pre>
 */
final class WriteLog {

    private static final long MAGIC = 0x6a736677736872L;
    private static final long VERSION = 1;
    private static final int HEAD_BYTES = 28;
    private static final int ENTRY_BYTES = 32;
    private static final long FLUSH = 1;
    private static final long DISCARD = 4;

    /** What is torn at a cut is torn between blocks of this size: hardly a disk writes half of one. */
    private static final int ATOMIC_BYTES = 4096;

    private final Path file;
    private final List<Entry> entries;
    private final long endBytes;

    private WriteLog(Path file, List<Entry> entries, long endBytes) {
        this.file = file;
        this.entries = entries;
        this.endBytes = endBytes;
    }

    /**
     * A write, a discard or a flush.
     *
     * @param begin where in the log it begins
     * @param data where in the log its data begins
     */
    private record Entry(long begin, long data, long offset, long bytes, long flags) {
        boolean isFlush() {
            return (flags & FLUSH) != 0;
        }

        boolean isDiscard() {
            return (flags & DISCARD) != 0;
        }
    }

    static WriteLog read(Path file) throws IOException {
        try (FileChannel log = FileChannel.open(file)) {
            ByteBuffer head = read(log, 0, HEAD_BYTES);
            if (head.getLong(0) != MAGIC || head.getLong(8) != VERSION) {
                throw new IOException(file + " is no log of version 1");
            }
            long count = head.getLong(16);
            int sectorBytes = head.getInt(24);
            List<Entry> entries = new ArrayList<>();
            long at = sectorBytes;
            for (long i = 0; i < count; i++) {
                ByteBuffer entry = read(log, at, ENTRY_BYTES);
                var made = new Entry(at, at + sectorBytes, entry.getLong(0) * sectorBytes,
                        entry.getLong(8) * sectorBytes, entry.getLong(16));
                entries.add(made);
                at = made.data() + (made.isDiscard() ? 0 : made.bytes());
            }
            return new WriteLog(file, entries, at);
        }
    }

    private static ByteBuffer read(FileChannel log, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (log.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException("the log ends in the middle of an entry");
            }
        }
        return buffer.flip();
    }

    int size() {
        return entries.size();
    }

    long flushes() {
        return entries.stream().filter(Entry::isFlush).count();
    }

    /** Where in the log entry {@code index} begins, or the log ends. */
    long position(int index) {
        return index == entries.size() ? endBytes : entries.get(index).begin();
    }

    /** The number of entries that begin before a place in the log. */
    int entriesBefore(long position) {
        int index = 0;
        while (index < entries.size() && entries.get(index).begin() < position) {
            index++;
        }
        return index;
    }

    /** The number of entries up to the last flush among the first {@code cut}: these are on the disk for certain. */
    int durable(int cut) {
        int durable = cut;
        while (durable > 0 && !entries.get(durable - 1).isFlush()) {
            durable--;
        }
        return durable;
    }

    /** The number of entries before the flush that follows a cut: a cut up to there is as durable. */
    int beforeNextFlush(int cut) {
        int next = cut;
        while (next < entries.size() && !entries.get(next).isFlush()) {
            next++;
        }
        return next;
    }

    /**
     * Makes the disk as it is after the power failed.
     *
     * @param image not there yet
     * @param durable entries that are on the disk
     * @param cut entries that were sent to it; from those beyond {@code durable}, any block may have arrived or not
     * @param keep how likely such a block arrived
     */
    void build(Path image, long bytes, int durable, int cut, double keep, RandomGenerator random) throws IOException {
        Images.sparse(image, bytes);
        try (FileChannel log = FileChannel.open(file);
                FileChannel disk = FileChannel.open(image, StandardOpenOption.WRITE)) {
            for (int i = 0; i < cut; i++) {
                apply(entries.get(i), log, disk, i < durable ? 1 : keep, random);
            }
        }
    }

    private static void apply(Entry entry, FileChannel log, FileChannel disk, double keep, RandomGenerator random)
            throws IOException {
        for (long done = 0; done < entry.bytes(); done += ATOMIC_BYTES) {
            int bytes = (int) Math.min(ATOMIC_BYTES, entry.bytes() - done);
            if (random.nextDouble() < keep) {
                ByteBuffer data = entry.isDiscard() ? ByteBuffer.allocate(bytes) : read(log, entry.data() + done,
                        bytes);
                disk.position(entry.offset() + done);
                while (data.hasRemaining()) {
                    disk.write(data);
                }
            }
        }
    }
}
