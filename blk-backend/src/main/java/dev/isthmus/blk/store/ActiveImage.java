package dev.isthmus.blk.store;

import dev.isthmus.linux.BlockDeviceIo;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.FileRing;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An image in use: open, locked, with its threads. */
final class ActiveImage {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveImage.class);

    private final String name;
    private final FileStoreOptions options;
    private final OwnedFd fd;
    private final ImageEnd end = new ImageEnd();
    private final boolean blockDevice;
    /** Between those who look at the image and who closes it; no request takes it. */
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private final RangeIo ranges;
    private final ImageIo io;
    private final InlineIo inline;
    private final StorePool pool;
    private final StoreCounters counters;
    private volatile BlockLimits limits;

    private ActiveImage(String deviceName, FileStoreOptions options, OwnedFd fd, Image image, StoreErrors errors,
            StoreCounters counters) {
        this.name = deviceName;
        this.options = options;
        this.fd = fd;
        this.counters = counters;
        this.limits = image.limits();
        this.blockDevice = image.blockDevice();
        ranges = new RangeIo(fd, image.blockDevice(), image.limits().discard());
        io = new ImageIo(fd, image, ranges, errors, counters);
        inline = new InlineIo(fd, image, errors, end);
        pool = StorePool.start(deviceName, options.threads(), io);
    }

    /** Opens, locks and starts the threads. */
    static ActiveImage start(String deviceName, FileStoreOptions options, PatientLock lock, StoreErrors errors,
            StoreCounters counters) throws IOException {
        OwnedFd fd = ImageFile.openForUse(options);
        try {
            lock.acquire(fd);
            return new ActiveImage(deviceName, options, fd, ImageProbe.probe(fd, options), errors, counters);
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
        lock.lock();
        try {
            if (closed) {
                throw new IOException("image " + options.path() + " is not in use any more");
            }
            limits = ImageProbe.probe(fd, options).limits();
            if (!end.isWhole()) {
                end.restored();
                counters.missing(0);
                LOG.warn("{}: image {} is used up to its end again, {} bytes", name, options.path(), limits
                        .sizeBytes());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody cut the image off; does not wait. */
    void look() {
        if (!lock.tryLock()) {
            return; // somebody looks who may have to wait, or it is being closed
        }
        try {
            long size = closed ? Long.MAX_VALUE
                    : blockDevice ? BlockDeviceIo.sizeBytes(fd) : FileStatus.knownSizeBytes(fd);
            long wanted = limits.sizeBytes();
            if (size < wanted && counters.missingBytes() < wanted - size) {
                boolean first = end.isWhole();
                end.cutOffAt(size);
                counters.missing(wanted - size);
                if (first) {
                    LOG.error("{}: image {} was cut off at {} of {} bytes; requests behind that fail until its size is"
                            + " restored and the device refreshed", name, options.path(), size, wanted);
                }
            }
        } catch (LinuxException e) {
            LOG.debug("{}: image {}: {}", name, options.path(), e.getMessage());
        } finally {
            lock.unlock();
        }
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
            close();
        }
    }

    private void close() {
        lock.lock();
        try {
            closed = true;
            fd.close(); // and the image's locks with it
        } finally {
            lock.unlock();
        }
    }
}
