package dev.isthmus.net;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.net.uplink.UplinkQueue;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.Virtqueue;
import java.lang.foreign.Arena;

/**
 * What the guest sends: from chain to uplink, straight out of guest memory, with a header that was copied and checked.
 * Hot path. Each chain is handed back when the uplink has its frame; one the uplink has no room for stays the first.
 */
final class TransmitVring implements VringHandler {
    private static final int NONE = -1;

    private final NetDevice device;
    private final QueuePair pair;
    private final Virtqueue queue;
    private final UplinkQueue uplink;
    private final HeaderCheck check;
    private final NetQueueCounters counters;
    private final int headerBytes;
    private final Arena arena = Arena.ofShared();
    private final long header;
    private final long iovecs;
    /** For a frame in more pieces than the kernel takes. */
    private final long joined;

    private boolean enabled;
    /** The chain whose frame the uplink is to be offered again, as {@link #iovecs} has it. */
    private int waiting = NONE;
    private int count;
    private int bytes;

    TransmitVring(NetDevice device, QueuePair pair, VringContext context, NetQueueCounters counters) {
        this.device = device;
        this.pair = pair;
        this.queue = context.queue();
        this.check = new HeaderCheck(context.features(), Limits.FRAME_BYTES_MAX);
        this.counters = counters;
        this.headerBytes = FrameHeader.bytes(context.features());
        this.header = arena.allocate(FrameHeader.BYTES, Long.BYTES).address();
        this.iovecs = arena.allocate((long) (Limits.PIECES_MAX + 1) * FileIo.IOVEC_BYTES, Long.BYTES).address();
        this.joined = arena.allocate(Limits.FRAME_BYTES_MAX, Long.BYTES).address();
        this.uplink = pair.acquire(NetFeatures.toGuest(context.features()));
    }

    @Override
    public void setEnabled(boolean enable) {
        enabled = enable;
    }

    /** The vhost-user specification, "Ring states": what is sent to a disabled ring is processed and discarded. */
    @Override
    public boolean worksWhileDisabled() {
        return true;
    }

    @Override
    public boolean wantsChains() {
        return waiting == NONE;
    }

    @Override
    public long restNanosMax() {
        return waiting == NONE ? Long.MAX_VALUE : Limits.LATER_NANOS;
    }

    @Override
    public int chainsPerTurn(int usual) {
        return Limits.FRAMES_PER_TURN;
    }

    @Override
    public int takeAvailable(int budget) {
        int done = 0;
        if (waiting != NONE) {
            if (!sent(waiting)) {
                return 0;
            }
            done++;
        }
        while (done < budget) {
            int head = queue.poll();
            if (head < 0) {
                break;
            }
            done++;
            if (!take(head)) {
                break;
            }
        }
        if (done > 0) {
            counters.batches.record(done);
        }
        return done;
    }

    /** False if the frame has to wait. */
    private boolean take(int head) {
        DropCause cause = enabled ? prepare(queue.chain(head)) : DropCause.DISABLED;
        if (cause != DropCause.NONE) {
            drop(head, cause);
            return true;
        }
        return sent(head);
    }

    private boolean sent(int head) {
        int result = enabled ? uplink.send(iovecs, count, bytes) : UplinkQueue.SENT;
        waiting = NONE;
        if (!enabled) {
            drop(head, DropCause.DISABLED);
        } else if (result == UplinkQueue.SENT) {
            boolean segmented = HostMemory.u8(header + FrameHeader.GSO_TYPE) != FrameHeader.GSO_NONE;
            counters.moved(bytes - FrameHeader.BYTES, segmented);
            queue.addUsed(head, 0);
        } else if (result == UplinkQueue.LATER) {
            waiting = head;
            return false;
        } else {
            drop(head, result == UplinkQueue.DOWN ? DropCause.UPLINK_DOWN : DropCause.UPLINK_REFUSED);
        }
        return true;
    }

    private void drop(int head, DropCause cause) {
        counters.drops(cause).increment();
        queue.addUsed(head, 0);
    }

    /** Copies and checks the header, and describes header and frame to the uplink. */
    private DropCause prepare(DescriptorChain chain) {
        if (chain.fault() != ChainFault.NONE || chain.writableCount() > 0) {
            return DropCause.CHAIN;
        }
        long frameBytes = chain.readableBytes() - headerBytes;
        if (frameBytes < Limits.ETHERNET_HEADER_BYTES) {
            return DropCause.TOO_SHORT;
        }
        if (frameBytes > Limits.FRAME_BYTES_MAX) {
            return DropCause.TOO_LONG;
        }
        entry(0, header, FrameHeader.BYTES);
        count = 1;
        int piece = 0;
        long skipped = 0;
        while (skipped < headerBytes) { // the chain has more bytes than that
            long length = chain.length(piece);
            long part = Math.min(length, headerBytes - skipped);
            HostMemory.copy(chain.address(piece), header + skipped, part);
            skipped += part;
            if (part < length) {
                entry(count++, chain.address(piece) + part, length - part);
            }
            piece++;
        }
        bytes = (int) frameBytes + FrameHeader.BYTES;
        int rest = chain.count() - piece;
        if (count + rest > Limits.PIECES_MAX) {
            join(chain, piece, frameBytes);
        } else {
            for (int i = 0; i < rest; i++) {
                entry(count++, chain.address(piece + i), chain.length(piece + i));
            }
        }
        return check.fromGuest(header, frameBytes);
    }

    private void entry(int number, long address, long length) {
        long at = iovecs + (long) number * FileIo.IOVEC_BYTES;
        HostMemory.putU64(at, address);
        HostMemory.putU64(at + Long.BYTES, length);
    }

    /** Copies a frame, of which {@link #iovecs} may have the beginning already, into one piece. */
    private void join(DescriptorChain chain, int firstPiece, long frameBytes) {
        long done = 0;
        if (count == 2) {
            done = HostMemory.u64(iovecs + FileIo.IOVEC_BYTES + Long.BYTES);
            HostMemory.copy(HostMemory.u64(iovecs + FileIo.IOVEC_BYTES), joined, done);
        }
        for (int i = firstPiece; i < chain.count(); i++) {
            HostMemory.copy(chain.address(i), joined + done, chain.length(i));
            done += chain.length(i);
        }
        entry(1, joined, frameBytes);
        count = 2;
    }

    @Override
    public boolean hasCompletions() {
        return pair.index == 0 && waiting == NONE && device.hasAnnouncement();
    }

    /** A frame of the device's own. */
    @Override
    public int takeCompletions() {
        byte[] frame = device.takeAnnouncement();
        if (frame == null || !enabled) {
            return 0;
        }
        HostMemory.zero(header, FrameHeader.BYTES);
        HostMemory.copy(frame, 0, joined, frame.length);
        entry(0, header, FrameHeader.BYTES);
        entry(1, joined, frame.length);
        uplink.send(iovecs, 2, FrameHeader.BYTES + frame.length);
        return 1;
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public void letGo() {
        if (waiting != NONE) {
            queue.giveBack(waiting);
            waiting = NONE;
        }
    }

    @Override
    public void abandon() {
        waiting = NONE;
    }

    @Override
    public void close() {
        pair.release();
        arena.close();
    }
}
