package dev.isthmus.blk.store;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.FileRing;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sectors in a raw image file or on a block device.
 *
 * <p>What the page cache has is answered inside {@link #submit}; the rest goes to io_uring where the worker's loop has
 * it, and otherwise to the store's own threads, which live from {@link #activate} to {@link #deactivate}.
 */
public final class FileStore implements BlockStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);

    private final String deviceName;
    private final FileStoreOptions options;
    private final PatientLock lock;
    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors;
    private volatile BlockLimits limits;
    private volatile @Nullable ActiveImage active;

    private FileStore(String deviceName, FileStoreOptions options, Duration patience, BlockLimits limits) {
        this.deviceName = deviceName;
        this.options = options;
        this.lock = new PatientLock(deviceName, options, patience);
        this.limits = limits;
        this.errors = new StoreErrors(deviceName + " (" + options.path() + ")", counters);
    }

    /**
     * Looks at the image; takes no lock and writes nothing.
     *
     * @param deviceName what threads and log lines call it
     * @throws IOException in one line what is wrong with the image and what to do
     */
    public static FileStore open(String deviceName, FileStoreOptions options) throws IOException {
        return open(deviceName, options, PatientLock.PATIENCE);
    }

    /** @param patience how long {@link #activate} waits for another process that has the image */
    static FileStore open(String deviceName, FileStoreOptions options, Duration patience) throws IOException {
        try (OwnedFd fd = ImageFile.openForProbe(options)) {
            return new FileStore(deviceName, options, patience, ImageProbe.probe(fd, options).limits());
        }
    }

    @Override
    public BlockLimits limits() {
        ActiveImage image = active;
        return image == null ? limits : image.limits();
    }

    @Override
    public BlockLimits refresh() throws IOException {
        BlockLimits before = limits();
        ActiveImage image = active;
        if (image == null) {
            try (OwnedFd fd = ImageFile.openForProbe(options)) {
                limits = ImageProbe.probe(fd, options).limits();
            }
        } else {
            image.refresh();
        }
        BlockLimits now = limits();
        if (now.sizeBytes() < before.sizeBytes()) {
            LOG.warn("{}: image {} shrank from {} to {} bytes", deviceName, options.path(), before.sizeBytes(),
                    now.sizeBytes());
        }
        return now;
    }

    @Override
    public void activate() throws IOException {
        if (active != null) {
            throw new IllegalStateException("store of " + deviceName + " is active");
        }
        ActiveImage opened = ActiveImage.start(deviceName, options, lock, errors, counters);
        if (counters.flushFailed()) {
            LOG.warn("{}: image {} is opened anew after a failed flush; what was written before may be lost",
                    deviceName, options.path());
        }
        counters.reopened();
        active = opened;
    }

    @Override
    public void deactivate() throws IOException {
        ActiveImage image = active;
        if (image != null) {
            limits = image.limits();
            active = null;
            image.end();
        }
    }

    @Override
    public void submit(StoreRequest request) {
        ActiveImage image = active;
        if (image == null) {
            throw new IllegalStateException("store of " + deviceName + " is not active");
        }
        image.submit(request);
    }

    @Override
    public StoreQueue queue(@Nullable FileRing files) {
        ActiveImage image = active;
        if (image == null) {
            throw new IllegalStateException("store of " + deviceName + " is not active");
        }
        return image.queue(files);
    }

    @Override
    public void look(long nowNanos) {
        errors.look(nowNanos);
        ActiveImage image = active;
        if (image != null) {
            image.look();
        }
    }

    @Override
    public StoreCounters counters() {
        return counters;
    }

    @Override
    public void close() throws IOException {
        deactivate();
    }
}
