package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.FileRing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An image in use: open, locked, with its threads. */
final class ActiveImage {
    private final FileStoreOptions options;
    private final OwnedFd fd;
    private final RangeIo ranges;
    private final ImageIo io;
    private final InlineIo inline;
    private final StorePool pool;
    private final StoreCounters counters;
    private volatile BlockLimits limits;

    private ActiveImage(String deviceName, FileStoreOptions options, OwnedFd fd, Image image, StoreCounters counters) {
        this.options = options;
        this.fd = fd;
        this.counters = counters;
        this.limits = image.limits();
        var errors = new StoreErrors(deviceName + " (" + options.path() + ")", counters);
        ranges = new RangeIo(fd, image.blockDevice(), image.limits().discard());
        io = new ImageIo(fd, image, ranges, errors, counters);
        inline = new InlineIo(fd, image);
        pool = StorePool.start(deviceName, options.threads(), io);
    }

    /** Opens, locks and starts the threads. */
    static ActiveImage start(String deviceName, FileStoreOptions options, StoreCounters counters) throws IOException {
        OwnedFd fd = ImageFile.openForUse(options);
        try {
            if (options.locking()) {
                ImageLock.acquire(fd, options.path(), options.readOnly());
            }
            return new ActiveImage(deviceName, options, fd, ImageProbe.probe(fd, options), counters);
        } catch (IOException | RuntimeException e) {
            fd.close(); // and the locks with it
            throw e;
        }
    }

    BlockLimits limits() {
        BlockLimits last = limits;
        boolean discard = last.discard() && ranges.canDiscard();
        boolean writeZeroes = last.writeZeroes() && ranges.canWriteZeroes();
        if (discard != last.discard() || writeZeroes != last.writeZeroes()) {
            last = last.withAbilities(discard, writeZeroes);
            limits = last;
        }
        return last;
    }

    void refresh() throws IOException {
        limits = ImageProbe.probe(fd, options).limits();
    }

    void submit(StoreRequest request) {
        if (!inline.tryComplete(request)) {
            pool.submit(request);
        }
    }

    StoreQueue queue(@Nullable FileRing files) {
        return files == null ? this::submit : new RingQueue(fd, io, inline, ranges, pool, files);
    }

    void end() throws IOException {
        pool.end();
        try {
            if (options.readOnly()) {
                return;
            }
            if (counters.flushFailed()) {
                throw new IOException("image " + options.path() + ": an earlier flush failed, data may be lost");
            }
            int result = io.sync();
            if (result < 0) {
                throw new IOException("image " + options.path() + ": the last flush failed: " + Errno.describe(
                        -result));
            }
        } finally {
            fd.close(); // and the locks with it
        }
    }
}
