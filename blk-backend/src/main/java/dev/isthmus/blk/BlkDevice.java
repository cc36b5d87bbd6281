package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.device.VirtioDevice;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtio block device: virtio 1.3, 5.2. Threads as {@link VirtioDevice} says. */
public final class BlkDevice implements VirtioDevice {
    private static final Logger LOG = LoggerFactory.getLogger(BlkDevice.class);

    private final String name;
    private final int queues;
    private final byte[] id;
    private final BlockStore store;
    private final long features;
    private final WriteCache writeCache;
    private final List<BlkQueueCounters> counters;

    private volatile BlockLimits limits;
    /** Whether a write is stable before it is answered; set at negotiation and by the driver. */
    private volatile boolean writeThrough;
    private volatile long negotiated;
    private volatile @Nullable String startProblem;
    private volatile Runnable changeListener = () -> {};

    private BlkDevice(String name, BlkDeviceOptions options, BlockStore store) {
        this.name = name;
        this.queues = options.queues();
        this.id = Arrays.copyOf(options.serial().getBytes(StandardCharsets.US_ASCII), BlkDeviceOptions.SERIAL_BYTES);
        this.store = store;
        this.limits = store.limits();
        this.features = BlkFeatures.offered(limits.readOnly(), limits.discard());
        this.writeCache = new WriteCache(options.stateFile());
        this.counters = IntStream.range(0, queues).mapToObj(i -> new BlkQueueCounters()).toList();
    }

    /** A device in front of a store, which it owns from now on. */
    public static BlkDevice create(String name, BlkDeviceOptions options, BlockStore store) {
        return new BlkDevice(name, options, store);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return queues;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public byte[] configuration() {
        return BlkConfig.encode(limits, queues, writeCache.isWriteback());
    }

    /** Only {@code writeback} may be written, and only with CONFIG_WCE (5.2.5). */
    @Override
    public boolean writeConfiguration(int offset, byte[] bytes) {
        boolean allowed = offset == BlkConfig.WRITEBACK && bytes.length == 1
                && (features & BlkFeatures.CONFIG_WCE) != 0;
        if (!allowed) {
            return false;
        }
        boolean writeback = bytes[0] != 0;
        try {
            writeCache.set(writeback);
        } catch (IOException e) {
            LOG.error("{}: the guest's choice of write cache is not remembered over a restart: {}", name,
                    e.getMessage());
        }
        decideWriteThrough();
        return writeCache.isWriteback() == writeback;
    }

    @Override
    public void onConfigurationChange(Runnable listener) {
        changeListener = listener;
    }

    @Override
    public void start(long negotiatedFeatures) throws IOException {
        negotiated = negotiatedFeatures;
        boolean wceWithoutFlush = has(BlkFeatures.CONFIG_WCE) && !has(BlkFeatures.FLUSH);
        if (wceWithoutFlush) {
            writeCache.initialize(false); // 5.2.5.2
        }
        decideWriteThrough();
        activate();
        limits = store.limits();
    }

    private void activate() throws IOException {
        try {
            store.activate();
            startProblem = null;
        } catch (IOException e) {
            startProblem = e.getMessage();
            throw e;
        }
    }

    /** Why the store could not be used when a front-end last wanted it; null when it could. Any thread. */
    public @Nullable String startProblem() {
        return startProblem;
    }

    /** 5.2.6.2: with CONFIG_WCE the field decides; without it, a driver that cannot flush gets stable writes. */
    private void decideWriteThrough() {
        writeThrough = has(BlkFeatures.CONFIG_WCE) ? !writeCache.isWriteback() : !has(BlkFeatures.FLUSH);
    }

    private boolean has(long feature) {
        return (negotiated & feature) != 0;
    }

    @Override
    public void stop() {
        try {
            store.deactivate();
        } catch (IOException e) {
            LOG.error("{}: {}", name, e.getMessage());
        }
    }

    @Override
    public VringHandler openVring(VringContext context) {
        return new BlkVring(this, context, counters.get(context.index()));
    }

    /**
     * Looks at the store again, which somebody may have made larger or smaller, and tells the guest of any change
     * (5.2.6.2). Any thread; may block.
     */
    public void refresh() throws IOException {
        long sizeBefore = limits.sizeBytes();
        byte[] before = configuration();
        limits = store.refresh();
        if (limits.sizeBytes() != sizeBefore) {
            LOG.info("{}: capacity is {} bytes now, was {}", name, limits.sizeBytes(), sizeBefore);
        }
        if (!Arrays.equals(before, configuration())) {
            changeListener.run();
        }
    }

    @Override
    public long oldestRequestNanos(int queue, long nowNanos) {
        return counters.get(queue).oldestAgeNanos(nowNanos);
    }

    @Override
    public void look(long nowNanos) {
        store.look(nowNanos);
    }

    public BlockStore store() {
        return store;
    }

    /** One for each virtqueue. */
    public List<BlkQueueCounters> counters() {
        return counters;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    // Hot path: called by BlkVring on the workers.

    BlockLimits limits() {
        return limits;
    }

    boolean isWriteThrough() {
        return writeThrough;
    }

    /** Writes the device ID into a GET_ID's data; returns whether that filled all of it. */
    boolean writeId(BlkRequest request) {
        int done = 0;
        for (int i = 0; i < request.iovecCount() && done < id.length; i++) {
            long entry = request.iovecAddress() + (long) i * FileIo.IOVEC_BYTES;
            int bytes = (int) Math.min(id.length - done, HostMemory.u64(entry + Long.BYTES));
            HostMemory.copy(id, done, HostMemory.u64(entry), bytes);
            done += bytes;
        }
        return done == request.lengthBytes();
    }
}
