package dev.isthmus.net;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.loop.Watch;
import dev.isthmus.net.uplink.UplinkQueue;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * What the guest gets: from uplink to chains. Hot path.
 *
 * <pre>
 *   uplink.receive ──► header (ours) │ chains in reserve (the guest's) │ what runs over (ours)
 *                         checked        the frame, usually all of it      the rest of one larger than expected
 *   enough chains?  header written, num_buffers with it, chains handed back, the rest of them stay in reserve
 *   too few?        the whole frame waits in memory of ours; no other is taken meanwhile
 * </pre>
 */
final class ReceiveVring implements VringHandler {
    private final NetDevice device;
    private final QueuePair pair;
    private final ReserveChains reserve;
    private final UplinkQueue uplink;
    private final @Nullable Watch watch;
    private final HeaderCheck check;
    private final NetQueueCounters counters;
    private final boolean mergeable;
    private final int headerBytes;
    private final Arena arena = Arena.ofShared();
    private final long header;
    private final long iovecs;
    /** Room for what runs over, and before it for what has to be fetched back. */
    private final long over;

    private boolean enabled;
    /** As the uplink knows it: at first they are. */
    private boolean wanted = true;
    private boolean readable = true;
    private int turnsToLook;
    /** Frame bytes that are expected: the largest of late. */
    private long expected = Limits.ETHERNET_HEADER_BYTES;
    /** Of guest memory in {@link #iovecs}. */
    private long direct;
    private long waitingAt;
    /** Of the frame that waits; 0: none does. */
    private long waitingBytes;

    ReceiveVring(NetDevice device, QueuePair pair, VringContext context, NetQueueCounters counters) {
        this.device = device;
        this.pair = pair;
        this.counters = counters;
        this.mergeable = (context.features() & NetFeatures.MRG_RXBUF) != 0;
        this.headerBytes = FrameHeader.bytes(context.features());
        this.reserve = new ReserveChains(context.queue(), headerBytes, counters);
        this.check = new HeaderCheck(context.features(), device.plainBytesMax(context.features()));
        this.header = arena.allocate(FrameHeader.BYTES, Long.BYTES).address();
        this.iovecs = arena.allocate((long) (Limits.PIECES_MAX + 2) * FileIo.IOVEC_BYTES, Long.BYTES).address();
        this.over = arena.allocate(2L * Limits.FRAME_BYTES_MAX, Long.BYTES).address() + Limits.FRAME_BYTES_MAX;
        this.uplink = pair.acquire(NetFeatures.toGuest(context.features()));
        int descriptor = uplink.descriptor();
        this.watch = descriptor == UplinkQueue.NO_DESCRIPTOR ? null
                : context.watcher().watch(descriptor, () -> readable = true);
    }

    @Override
    public void setEnabled(boolean enable) {
        enabled = enable;
        want();
    }

    /** Tells the uplink whether frames are wanted on this ring, when that has changed. Returns whether they are. */
    private boolean want() {
        boolean now = enabled && device.isActive(pair.index);
        if (now != wanted) {
            wanted = now;
            uplink.receiving(now);
        }
        return now;
    }

    /** Buffers lie ready without a notification; only a frame that found none has to hear of new ones. */
    @Override
    public boolean wantsChains() {
        return waitingBytes > 0;
    }

    @Override
    public int chainsPerTurn(int usual) {
        return Limits.FRAMES_PER_TURN;
    }

    @Override
    public int takeAvailable(int budget) {
        if (!want()) {
            return 0;
        }
        int done = 0;
        while (done < budget) {
            boolean more = waitingBytes > 0 ? deliverWaiting() : receive();
            if (!more) {
                break;
            }
            done++;
        }
        if (done > 0) {
            counters.batches.record(done);
        }
        return done + reserve.takeRefused();
    }

    /** False if there was none, or it has to wait. */
    private boolean receive() {
        boolean look = readable || watch == null || --turnsToLook <= 0;
        if (!look) {
            return false;
        }
        reserve.until(headerBytes + expected, mergeable);
        int result = uplink.receive(iovecs, describe());
        if (result <= UplinkQueue.NOTHING) {
            return received(result);
        }
        long frameBytes = (long) result - FrameHeader.BYTES;
        DropCause cause = frameBytes < Limits.ETHERNET_HEADER_BYTES ? DropCause.UPLINK_REFUSED
                : check.toGuest(header, frameBytes);
        if (cause != DropCause.NONE) {
            counters.drops(cause).increment();
            return true;
        }
        expected = Math.max(frameBytes, expected - expected / 64);
        if (frameBytes <= direct) {
            deliver(frameBytes);
            return true;
        }
        return ranOver(frameBytes);
    }

    private boolean received(int nothingOrDrop) {
        if (nothingOrDrop == UplinkQueue.NOTHING || nothingOrDrop == UplinkQueue.DOWN) {
            readable = false;
            turnsToLook = Limits.TURNS_BETWEEN_LOOKS;
            return false;
        }
        counters.drops(nothingOrDrop == UplinkQueue.TOO_LARGE ? DropCause.TOO_LONG : DropCause.UPLINK_REFUSED)
                .increment();
        return true;
    }

    /** Room for a header, in the chains for what is expected, and for all the rest. */
    private int describe() {
        entry(0, header, FrameHeader.BYTES);
        int count = reserve.describe(expected, iovecs, 1, Limits.PIECES_MAX);
        direct = reserve.describedBytes();
        entry(count, over, Limits.FRAME_BYTES_MAX);
        return count + 1;
    }

    private void entry(int number, long address, long length) {
        long at = iovecs + (long) number * FileIo.IOVEC_BYTES;
        HostMemory.putU64(at, address);
        HostMemory.putU64(at + Long.BYTES, length);
    }

    /**
     * Larger than expected: its end is in memory of ours. Its beginning is fetched back, since one of the next chains
     * may be bad, and then those in reserve are given up.
     */
    private boolean ranOver(long frameBytes) {
        waitingAt = over - direct;
        waitingBytes = frameBytes;
        reserve.get(headerBytes, waitingAt, direct);
        return deliverWaiting();
    }

    private boolean deliverWaiting() {
        long needed = headerBytes + waitingBytes;
        reserve.until(needed, mergeable);
        if (reserve.bytes() >= needed) {
            reserve.put(waitingAt, headerBytes, waitingBytes);
            deliver(waitingBytes);
            waitingBytes = 0;
            return true;
        }
        if (mergeable ? reserve.hasAll() : !reserve.isEmpty()) {
            counters.drops(DropCause.BUFFER_TOO_SMALL).increment();
            waitingBytes = 0;
            return true;
        }
        return false;
    }

    /** The frame is in its place: writes the header, num_buffers and all, and hands the chains back. */
    private void deliver(long frameBytes) {
        long total = headerBytes + frameBytes;
        HostMemory.putU16(header + FrameHeader.NUM_BUFFERS, reserve.chainsFor(total));
        reserve.put(header, 0, headerBytes);
        reserve.use(total);
        counters.moved(frameBytes, HostMemory.u8(header + FrameHeader.GSO_TYPE) != FrameHeader.GSO_NONE);
    }

    @Override
    public boolean hasCompletions() {
        return false;
    }

    @Override
    public int takeCompletions() {
        return 0;
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public void letGo() {
        reserve.giveBack();
    }

    @Override
    public void abandon() {
        waitingBytes = 0;
    }

    @Override
    public void close() {
        if (waitingBytes > 0) {
            counters.drops(DropCause.RING_STOPPED).increment();
        }
        if (watch != null) {
            watch.close();
        }
        pair.release();
        arena.close();
    }
}
