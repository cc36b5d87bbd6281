package dev.isthmus.blk.store.volume;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads every block there is and compares it with its checksum. */
final class VolumeScrub {
    private final VolumeDb db;
    private final VolumeHeader header;
    private final Progress progress;
    private final BlockBuffer buffer;
    private final List<ScrubReport.Damage> damages = new ArrayList<>();
    private long blocks;
    /** The first block not looked at. */
    private long next;

    private VolumeScrub(Arena arena, VolumeDb db, VolumeHeader header, Progress progress) {
        this.db = db;
        this.header = header;
        this.progress = progress;
        this.buffer = new BlockBuffer(arena, header.blockBytes());
    }

    static ScrubReport run(VolumeDb db, VolumeHeader header, Progress progress) throws VolumeException {
        try (Arena arena = Arena.ofConfined()) {
            var scrub = new VolumeScrub(arena, db, header, progress);
            try {
                while (scrub.walk()) {
                    // behind each damage, again
                }
            } catch (RocksDBException e) {
                throw new VolumeException("cannot be read: " + e.getMessage(), e);
            }
            progress.at(header.sizeBytes(), header.sizeBytes());
            return new ScrubReport(scrub.blocks, header.blockBytes(), List.copyOf(scrub.damages));
        }
    }

    /** Whether there may be more behind a damage. */
    private boolean walk() throws RocksDBException {
        try {
            db.walk(buffer.key(next), Long.MAX_VALUE, this::look);
            return false;
        } catch (RocksDBException e) {
            if (!VolumeDb.isDamage(e.getStatus())) {
                throw e;
            }
            long readable = firstReadable(next);
            damages.add(new ScrubReport.Damage(next, readable - 1, String.valueOf(e.getMessage())));
            next = readable;
            return next < end();
        }
    }

    private boolean look(RocksIterator iterator) {
        long block = next;
        try {
            block = buffer.blockOf(iterator);
            blocks++;
            buffer.take(iterator, block);
        } catch (DamagedBlockException e) {
            damages.add(new ScrubReport.Damage(block, block, String.valueOf(e.getMessage())));
        }
        next = block + 1;
        if (blocks % 1024 == 0) {
            progress.at(Math.min(next * header.blockBytes(), header.sizeBytes()), header.sizeBytes());
        }
        return true;
    }

    private long end() {
        return (header.sizeBytes() + header.blockBytes() - 1) / header.blockBytes();
    }

    /**
     * Where reading is possible again: RocksDB's files have blocks of their own, of which one is lost as a whole. First
     * in steps that double, then by halves, as the volume may be large and empty there.
     */
    private long firstReadable(long damaged) throws RocksDBException {
        long step = 1;
        while (damaged + step < end() && !isReadable(damaged + step)) {
            step *= 2;
        }
        long bad = damaged + step / 2;
        long good = Math.min(damaged + step, end());
        while (good - bad > 1) {
            long middle = bad + (good - bad) / 2;
            if (isReadable(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private boolean isReadable(long block) throws RocksDBException {
        try {
            db.walk(buffer.key(block), 0, iterator -> false);
            return true;
        } catch (RocksDBException e) {
            if (VolumeDb.isDamage(e.getStatus())) {
                return false;
            }
            throw e;
        }
    }
}
