package dev.isthmus.bench.load;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.blk.BlkLayout;
import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * One queue and its requests, which are made once and used again and again. Hot: allocates nothing.
 *
 * <pre>
 *   request   0 header, 16 bytes     16 status      64          its data is elsewhere
 *             32 header of a flush, 16 bytes, status as above
 * </pre>
 */
final class LoadRing {
    /** Header, data, status. */
    static final int PIECES = 3;

    private static final int STATUS = BlkLayout.HEADER_BYTES;
    private static final int FLUSH = 32;
    /** Header and status in one cache line that no other request shares. */
    private static final int REQUEST_BYTES = 64;

    private static final int DATA_ALIGNMENT = 4096;
    /** No status of virtio-blk. */
    private static final int UNANSWERED = 0xee;

    private final DriverVirtqueue queue;
    private final FrontendVring vring;
    private final Offsets offsets;
    private final LoadTally tally;
    private final DataSample sample;

    private final long thinkNanos;
    private final int flushEvery;
    private int writesSinceFlush;

    // By request.
    private final DriverChain[] chains;
    private final DriverChain[] flushes;
    private final long[] headers;
    private final long[] sectors;
    private final long[] madeAvailableNanos;
    private final boolean[] sampled;

    private final int[] requestOfHead;
    /** Requests added and not yet published. */
    private final int[] batch;
    private int batched;
    /** When used entries were seen last. */
    private long seenNanos;

    LoadRing(LoadSpec spec, DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, Offsets offsets,
            LoadTally tally) {
        int depth = spec.depth();
        this.queue = queue;
        this.vring = vring;
        this.offsets = offsets;
        this.tally = tally;
        this.sample = new DataSample(spec, depth);
        this.thinkNanos = LoadLoop.isAlone(spec) && !spec.poll() ? spec.think().toNanos() : 0;
        this.flushEvery = spec.flushEvery();
        this.chains = new DriverChain[depth];
        this.flushes = new DriverChain[depth];
        this.headers = new long[depth];
        this.sectors = new long[depth];
        this.madeAvailableNanos = new long[depth];
        this.sampled = new boolean[depth];
        this.requestOfHead = new int[queue.size()];
        this.batch = new int[depth];
        for (int i = 0; i < depth; i++) {
            long header = memory.take(REQUEST_BYTES, REQUEST_BYTES);
            long data = memory.take(spec.blockBytes(), DATA_ALIGNMENT);
            headers[i] = header;
            sample.place(i, data);
            // So that the first requests do not pay for the pages, and that nobody gains by compressing what is
            // written.
            fill(data, spec.blockBytes(), new SplittableRandom(spec.seed() + i));
            HostMemory.putU32(header + BlkLayout.TYPE, spec.pattern().isWrite() ? BlkLayout.T_OUT : BlkLayout.T_IN);
            HostMemory.putU32(header + FLUSH + BlkLayout.TYPE, BlkLayout.T_FLUSH);
            chains[i] = chain(memory, header, data, spec);
            flushes[i] = flush(memory, header);
        }
    }

    /** Bytes of shared memory that are taken at most. */
    static long bytes(int depth, int blockBytes) {
        return depth * (long) (REQUEST_BYTES + blockBytes + 2 * DATA_ALIGNMENT);
    }

    private static DriverChain chain(SharedMemory memory, long header, long data, LoadSpec spec) {
        DriverChain chain = DriverChain.withRoomFor(PIECES);
        chain.addReadable(memory.guestAddressOf(header), BlkLayout.HEADER_BYTES);
        if (spec.pattern().isWrite()) {
            chain.addReadable(memory.guestAddressOf(data), spec.blockBytes());
        } else {
            chain.addWritable(memory.guestAddressOf(data), spec.blockBytes());
        }
        chain.addWritable(memory.guestAddressOf(header + STATUS), BlkLayout.STATUS_BYTES);
        return chain;
    }

    private static void fill(long data, int bytes, SplittableRandom random) {
        for (int at = 0; at < bytes; at += Long.BYTES) {
            HostMemory.putU64(data + at, random.nextLong());
        }
    }

    private static DriverChain flush(SharedMemory memory, long header) {
        DriverChain chain = DriverChain.withRoomFor(2);
        chain.addReadable(memory.guestAddressOf(header + FLUSH), BlkLayout.HEADER_BYTES);
        chain.addWritable(memory.guestAddressOf(header + STATUS), BlkLayout.STATUS_BYTES);
        return chain;
    }

    /** Makes all requests available. */
    void begin() throws IOException {
        for (int request = 0; request < chains.length; request++) {
            submit(request);
        }
        publish();
    }

    /**
     * Takes what was answered.
     *
     * @param refill whether each answered request is made available again
     * @return how many were answered
     */
    int turn(boolean refill) throws IOException {
        int count = queue.pending();
        if (count <= 0) {
            return count == 0 ? 0 : broken();
        }
        long now = System.nanoTime();
        seenNanos = now;
        for (int i = 0; i < count; i++) {
            int head = queue.takeUsed();
            if (head < 0) {
                return broken();
            }
            int request = requestOfHead[head];
            answered(request, now);
            if (refill) {
                submit(request);
            }
        }
        publish();
        return count;
    }

    private void answered(int request, long now) {
        boolean ok = HostMemory.u8(headers[request] + STATUS) == BlkLayout.S_OK;
        tally.answered(now - madeAvailableNanos[request], ok);
        if (sampled[request] && ok) {
            tally.checked++;
            if (!sample.isRight(request, sectors[request])) {
                tally.mismatches++;
            }
        }
    }

    private void submit(int request) throws IOException {
        HostMemory.putU8(headers[request] + STATUS, UNANSWERED);
        boolean flush = flushEvery > 0 && writesSinceFlush == flushEvery;
        if (flush) {
            writesSinceFlush = 0;
            sampled[request] = false;
        } else {
            writesSinceFlush++;
            long sector = offsets.next();
            sectors[request] = sector;
            sampled[request] = sample.prepare(request, sector);
            HostMemory.putU64(headers[request] + BlkLayout.SECTOR, sector);
        }
        int head = queue.add(flush ? flushes[request] : chains[request]);
        if (head < 0) {
            throw new IOException("no descriptor is free though the queue has room for all requests");
        }
        requestOfHead[head] = request;
        batch[batched++] = request;
    }

    private void publish() {
        if (batched == 0) {
            return;
        }
        think();
        long now = System.nanoTime();
        for (int i = 0; i < batched; i++) {
            madeAvailableNanos[batch[i]] = now;
        }
        batched = 0;
        if (queue.publish()) {
            vring.kick();
        }
    }

    private void think() {
        if (thinkNanos > 0) {
            long end = System.nanoTime() + thinkNanos;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int broken() throws IOException {
        throw new IOException("the back-end broke queue " + vring.index() + ": " + queue.fault());
    }

    /** When used entries were seen last, {@link System#nanoTime}. */
    long seenNanos() {
        return seenNanos;
    }

    DriverVirtqueue queue() {
        return queue;
    }

    FrontendVring vring() {
        return vring;
    }
}
