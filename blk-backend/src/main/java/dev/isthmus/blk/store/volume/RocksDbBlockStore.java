package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreErrors;
import dev.isthmus.blk.store.StoreRequest;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sectors in a thin volume. A block nobody wrote takes no space and reads as zeroes; DISCARD and WRITE_ZEROES make it
 * such a one again.
 *
 * <p>RocksDB is loaded and opened in {@link #activate}, and works on the volume's own threads only.
 */
public final class RocksDbBlockStore implements BlockStore {
    private static final Logger LOG = LoggerFactory.getLogger(RocksDbBlockStore.class);

    private final String deviceName;
    private final VolumeStoreOptions options;
    private final VolumePaths paths;
    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors;
    private volatile BlockLimits limits;
    private volatile @Nullable ActiveVolume active;
    /** Between what opens and closes the volume and what an operator does with it. */
    private final ReentrantLock use = new ReentrantLock();

    private RocksDbBlockStore(String deviceName, VolumeStoreOptions options, VolumePaths paths) throws IOException {
        this.deviceName = deviceName;
        this.options = options;
        this.paths = paths;
        this.errors = new StoreErrors(name(), counters);
        this.limits = limits(paths.readHeader());
    }

    /**
     * Looks at the volume; takes no lock and writes nothing.
     *
     * @param deviceName what threads and log lines call it
     * @throws IOException in one line what is wrong
     */
    public static RocksDbBlockStore open(String deviceName, VolumeStoreOptions options) throws IOException {
        return new RocksDbBlockStore(deviceName, options, VolumePaths.of(options.volumesDirectory(), options.volume()));
    }

    private String name() {
        return deviceName + " (volume " + options.volume() + ")";
    }

    private BlockLimits limits(VolumeHeader header) {
        boolean writable = !options.readOnly();
        return new BlockLimits(header.sizeBytes(), BlockLimits.SECTOR_BYTES, header.blockBytes(), 0,
                options.readOnly(), writable && options.discard(), writable, header.blockBytes());
    }

    @Override
    public BlockLimits limits() {
        return limits;
    }

    @Override
    public BlockLimits refresh() throws IOException {
        ActiveVolume volume = active;
        limits = limits(volume == null ? paths.readHeader() : volume.volume().header());
        return limits;
    }

    /**
     * Makes the volume larger, whether it is active or not; {@link #refresh} tells the device.
     *
     * @throws IOException in one line why not; making it smaller is one of the reasons
     */
    public void grow(long sizeBytes) throws IOException {
        withVolume(volume -> {
            if (sizeBytes < volume.header().sizeBytes()) {
                throw new VolumeException("volume " + options.volume() + " has " + volume.header().sizeBytes()
                        + " bytes; it is made smaller only while no device uses it");
            }
            volume.resize(sizeBytes);
        });
    }

    /** Keeps the contents as of now under a name: all that has completed is in it. Whether active or not. */
    public void snapshot(String name) throws IOException {
        withVolume(volume -> volume.snapshot(name));
    }

    private interface VolumeTask {
        void run(OpenVolume volume) throws IOException;
    }

    /** With the device's open volume, which is not closed meanwhile; otherwise opened for the moment. */
    private void withVolume(VolumeTask task) throws IOException {
        use.lock();
        try {
            ActiveVolume volume = active;
            if (volume != null) {
                task.run(volume.volume());
                return;
            }
            try (var opened = OpenVolume.open(paths, options.tuning(), VolumeLock.PATIENCE)) {
                task.run(opened);
            }
        } finally {
            use.unlock();
        }
    }

    @Override
    public void activate() throws IOException {
        if (active != null) {
            throw new IllegalStateException("store of " + deviceName + " is active");
        }
        use.lock();
        try {
            start(OpenVolume.open(paths, options.tuning(), VolumeLock.PATIENCE, options.readOnly()));
        } finally {
            use.unlock();
        }
    }

    private void start(OpenVolume volume) {
        if (counters.flushFailed()) {
            LOG.warn("{}: opened anew after a failed flush; what was written before may be lost", name());
        }
        counters.reopened();
        limits = limits(volume.header());
        var volumeErrors = new VolumeErrors(name(), volume.header().blockBytes(), counters, errors);
        active = new ActiveVolume(deviceName, volume, volumeErrors, options.tuning().threads());
    }

    @Override
    public void deactivate() throws IOException {
        use.lock();
        try {
            ActiveVolume volume = active;
            if (volume != null) {
                active = null;
                volume.end();
            }
        } finally {
            use.unlock();
        }
    }

    @Override
    public void submit(StoreRequest request) {
        ActiveVolume volume = active;
        if (volume == null) {
            throw new IllegalStateException("store of " + deviceName + " is not active");
        }
        volume.submit(request);
    }

    @Override
    public void look(long nowNanos) {
        errors.look(nowNanos);
        ActiveVolume volume = active;
        if (volume != null) {
            volume.look();
        }
    }

    @Override
    public StoreCounters counters() {
        return counters;
    }

    /** What RocksDB tells now; zeroes while the volume is not in use. Any thread. */
    public VolumeFigures figures() {
        ActiveVolume volume = active;
        return volume == null ? VolumeFigures.NONE : volume.volume().db().figures();
    }

    @Override
    public void close() throws IOException {
        deactivate();
    }
}
