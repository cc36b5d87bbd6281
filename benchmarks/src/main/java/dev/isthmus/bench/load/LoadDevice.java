package dev.isthmus.bench.load;

import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.frontend.blk.BlkLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The device under load: connection, memory and rings, in the order they come and, backwards, go. */
final class LoadDevice implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long FEATURES =
            DriverVirtqueue.VERSION_1 | DriverVirtqueue.EVENT_IDX | BlkLayout.F_FLUSH | BlkLayout.F_MQ;

    /** As many entries as QEMU gives a queue of virtio-blk when nobody says otherwise. */
    private static final int QUEUE_SIZE_MIN = 128;

    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final LoadRing[] rings;
    private final CallWait call;
    private final Frontend frontend;
    private final LoadTally tally = new LoadTally();

    private LoadDevice(LoadSpec spec) throws IOException {
        this.rings = new LoadRing[spec.queues()];
        try {
            int queueSize = Math.max(QUEUE_SIZE_MIN, Integer.highestOneBit(spec.depth() * LoadRing.PIECES - 1) << 1);
            long bytes = spec.queues()
                    * (SplitDriverVirtqueue.bytes(queueSize, 0) + LoadRing.bytes(spec.depth(), spec.blockBytes()));
            SharedMemory memory = SharedMemory.allocate(bytes);
            closers.push(memory::close);
            this.frontend = Frontend.connect(spec.socket(), TIMEOUT);
            closers.push(frontend::close);
            long features = negotiate(frontend, spec);
            Offsets offsets = offsets(frontend, spec);
            frontend.share(memory);
            this.call = CallWait.open();
            closers.push(call::close);
            for (int i = 0; i < rings.length; i++) {
                SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, queueSize, features);
                FrontendVring vring = frontend.start(i, queue, call.fd());
                closers.push(vring::close);
                rings[i] = new LoadRing(spec, queue, vring, memory, offsets, tally);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static LoadDevice connect(LoadSpec spec) throws IOException {
        return new LoadDevice(spec);
    }

    private static long negotiate(Frontend frontend, LoadSpec spec) throws IOException {
        long features = frontend.negotiate(FEATURES);
        if ((features & DriverVirtqueue.VERSION_1) == 0) {
            throw new IOException("the back-end does not offer VIRTIO_F_VERSION_1");
        }
        if (frontend.queueCount() < spec.queues()) {
            throw new IOException(
                    "the back-end has " + frontend.queueCount() + " queues, " + spec.queues() + " are wanted");
        }
        return features;
    }

    private static Offsets offsets(Frontend frontend, LoadSpec spec) throws IOException {
        byte[] capacity = frontend.configuration(BlkLayout.CONFIG_CAPACITY, BlkLayout.CONFIG_CAPACITY_BYTES);
        long sectors = ByteBuffer.wrap(capacity).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long blocks = Long.divideUnsigned(sectors, spec.blockBytes() / Sectors.BYTES);
        if (blocks == 0) {
            throw new IOException("a disk of " + Long.toUnsignedString(sectors) + " sectors has no block of "
                    + spec.blockBytes() + " bytes");
        }
        return new Offsets(spec.pattern().isRandom(), blocks, spec.blockBytes() / Sectors.BYTES, spec.seed());
    }

    Frontend frontend() {
        return frontend;
    }

    LoadRing[] rings() {
        return rings;
    }

    CallWait call() {
        return call;
    }

    LoadTally tally() {
        return tally;
    }

    /** Stops the rings; nothing is in flight. */
    void stop() throws IOException {
        for (LoadRing ring : rings) {
            ring.vring().stop();
        }
    }

    /** Backwards. */
    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
