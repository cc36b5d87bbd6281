package dev.isthmus.blk.store;

import java.nio.file.Path;

/**
 * How a {@link FileStore} uses its image.
 *
 * @param path raw image or block device
 * @param readOnly whether writing is refused; an image that cannot be written must say so here
 * @param direct whether the host's page cache is left out (O_DIRECT)
 * @param threads store threads of this device, 1 to {@value #THREADS_MAX}
 * @param discard whether DISCARD, and WRITE_ZEROES that may unmap, free space
 * @param locking whether the image is locked against a second writer
 */
public record FileStoreOptions(
        Path path, boolean readOnly, boolean direct, int threads, boolean discard, boolean locking) {
    /**
     * Enough to keep a SATA disk's or a loop device's queue from running dry, few enough that a device costs little
     * when idle: a thread is some tens of kilobytes. Cached reads never reach them. Fast NVMe through O_DIRECT gains
     * from more.
     */
    public static final int THREADS_DEFAULT = 4;

    /** Linux' own default for the requests a disk's queue holds; more threads only wait there. */
    public static final int THREADS_MAX = 128;

    /** Rejects what cannot be meant. */
    public FileStoreOptions {
        if (threads < 1 || threads > THREADS_MAX) {
            throw new IllegalArgumentException("threads must be 1 to " + THREADS_MAX + ", not " + threads);
        }
    }

    /** Writable, through the page cache, with discard and locking. */
    public static FileStoreOptions of(Path path) {
        return new FileStoreOptions(path, false, false, THREADS_DEFAULT, true, true);
    }

    public FileStoreOptions withReadOnly(boolean newReadOnly) {
        return new FileStoreOptions(path, newReadOnly, direct, threads, discard, locking);
    }

    public FileStoreOptions withDirect(boolean newDirect) {
        return new FileStoreOptions(path, readOnly, newDirect, threads, discard, locking);
    }

    public FileStoreOptions withThreads(int newThreads) {
        return new FileStoreOptions(path, readOnly, direct, newThreads, discard, locking);
    }

    public FileStoreOptions withDiscard(boolean newDiscard) {
        return new FileStoreOptions(path, readOnly, direct, threads, newDiscard, locking);
    }

    public FileStoreOptions withLocking(boolean newLocking) {
        return new FileStoreOptions(path, readOnly, direct, threads, discard, newLocking);
    }
}
