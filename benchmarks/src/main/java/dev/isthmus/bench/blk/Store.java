package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadCheck;
import java.util.Locale;

/** What is behind the devices that are compared; each server has one of its own. */
enum Store {
    /** Nothing, and a read leaves the buffer alone. */
    NULL(LoadCheck.NONE),
    /** Nothing, and a read fills the buffer with zeroes. */
    NULLFILL(LoadCheck.ZEROES),
    /** A raw image on tmpfs, through the page cache. */
    TMPFS(LoadCheck.SECTOR_NUMBERS),
    /** A loop device with direct I/O over a file on tmpfs, opened with O_DIRECT. */
    DIRECT(LoadCheck.SECTOR_NUMBERS),
    /** Thin, on a disk of the machine: a volume in RocksDB, beside a qcow2 image. */
    ROCKSDB(LoadCheck.SECTOR_NUMBERS, 512L << 20);

    /** Of all but ROCKSDB. */
    static final long BYTES = NULL.bytes;

    private final LoadCheck check;
    private final long bytes;

    Store(LoadCheck check) {
        this(check, 256L << 20);
    }

    Store(LoadCheck check, long bytes) {
        this.check = check;
        this.bytes = bytes;
    }

    /** What the device has. */
    long bytes() {
        return bytes;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is to be read. */
    LoadCheck check() {
        return check;
    }

    boolean keepsData() {
        return check == LoadCheck.SECTOR_NUMBERS;
    }
}
