package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.FakeDriver;
import dev.isthmus.virtqueue.SplitVirtqueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A block device, one of its rings and the driver of that ring, all on the test's thread. Numbers are those of virtio
 * 1.3, 5.2, written down anew.
 */
final class BlkRig implements AutoCloseable {
    static final int IN = 0;
    static final int OUT = 1;
    static final int FLUSH = 4;
    static final int GET_ID = 8;
    static final int DISCARD = 11;
    static final int WRITE_ZEROES = 13;

    static final int OK = 0;
    static final int IOERR = 1;
    static final int UNSUPP = 2;

    static final long F_RO = 1L << 5;
    static final long F_FLUSH = 1L << 9;
    static final long F_CONFIG_WCE = 1L << 11;
    static final long F_DISCARD = 1L << 13;
    static final long F_WRITE_ZEROES = 1L << 14;

    static final int WRITEBACK = 32;

    final FakeDriver guest;
    final BlkDevice device;
    private final SplitVirtqueue queue;
    private final VringHandler handler;
    private boolean notified;

    private BlkRig(BlkDevice device, long features, long queueFeatures) throws IOException {
        this.device = device;
        this.guest = FakeDriver.withQueueSize(128);
        device.start(features);
        queue = guest.start(features | queueFeatures);
        handler = device.openVring(new VringContext(0, queue, features, () -> {}, null));
    }

    /** Everything offered is negotiated. */
    static BlkRig with(BlockStore store) {
        return with(store, -1L);
    }

    /** Of what is offered, these are negotiated. */
    static BlkRig with(BlockStore store, long wanted) {
        return with(store, wanted, null);
    }

    /** Everything offered is negotiated, and these features of the queue. */
    static BlkRig withQueue(BlockStore store, long queueFeatures) {
        return with(store, -1L, queueFeatures, null);
    }

    static BlkRig with(BlockStore store, long wanted, @Nullable Path stateFile) {
        return with(store, wanted, FakeDriver.WITH_INDIRECT, stateFile);
    }

    private static BlkRig with(BlockStore store, long wanted, long queueFeatures, @Nullable Path stateFile) {
        BlkDevice device = BlkDevice.create("disk", new BlkDeviceOptions("serial-0123456789", 1, stateFile), store);
        try {
            return new BlkRig(device, device.features() & wanted, queueFeatures);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** type, reserved, sector: 5.2.6. */
    static byte[] header(int type, long sector) {
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(type).putInt(0).putLong(sector).array();
    }

    /** sector, num_sectors, flags: 5.2.6. */
    static byte[] range(long sector, long sectors, int flags) {
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(sector).putInt((int) sectors)
                .putInt(flags).array();
    }

    /** What a worker does in one turn. */
    void turn() {
        handler.takeAvailable(32);
        handler.takeCompletions();
        notified = queue.publish();
    }

    /** What a worker does beside, before it sleeps and when it finds work. */
    boolean rest() {
        boolean more = queue.awaitNotification();
        queue.suppressNotifications();
        return more;
    }

    boolean wasNotified() {
        return notified;
    }

    /** Offers a request, has it done and returns it. Nothing else is in flight. */
    Chain done(Buffer... buffers) {
        Chain chain = guest.offer(buffers);
        turn();
        assertThat(guest.takeUsed()).isSameAs(chain);
        assertThat(handler.inFlight()).isZero();
        return chain;
    }

    /** The same; its status. */
    int status(Buffer... buffers) {
        return done(buffers).lastByte() & 0xff;
    }

    /** Writes, by a request of its own. */
    void write(long sector, byte[] data) {
        assertThat(status(Buffer.readable(header(OUT, sector)), Buffer.readable(data), Buffer.writable(1)))
                .isEqualTo(OK);
    }

    /** Reads, by a request of its own. */
    byte[] read(long sector, int bytes) {
        Chain chain = done(Buffer.readable(header(IN, sector)), Buffer.writable(bytes), Buffer.writable(1));
        assertThat(chain.lastByte()).isEqualTo(OK);
        return chain.bytes(1);
    }

    /** Length in the used entry of the last request that was done. */
    long usedLength() {
        return guest.usedLength(guest.usedIndex() - 1);
    }

    long count(BlkRequestFault fault) {
        return device.counters().get(0).faults(fault).get();
    }

    @Override
    public void close() {
        handler.close();
        queue.close();
        device.stop();
        try {
            device.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            guest.close();
        }
    }
}
