package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.TapQueue;

/** A pair's queue of a TAP interface, while its rings run: one system call a frame, straight on the guest's memory. */
final class TapUplinkQueue implements UplinkQueue {
    private static final int IOVEC_BYTES = 16;

    /** More than any interface's txqueuelen is usually, and a bound for {@link #discardWaiting}. */
    private static final int WAITING_MOST = 10_000;

    private final TapQueue queue;
    private final boolean detaches;
    private boolean attached = true;

    /** The caller's room and some bytes after it. */
    private final long iovecs;

    private final long spill;
    private boolean closed;

    /** @param detaches whether the queue can be told to get no frames; it gets some now */
    TapUplinkQueue(TapQueue queue, boolean detaches) {
        this.queue = queue;
        this.detaches = detaches;
        this.iovecs = NativeHeap.allocate((long) Limits.IOVECS_MAX * IOVEC_BYTES + IOVEC_BYTES);
        if (iovecs == NativeHeap.NONE) {
            throw new OutOfMemoryError("no memory for a queue of a TAP interface");
        }
        this.spill = iovecs + (long) Limits.IOVECS_MAX * IOVEC_BYTES;
    }

    /** Throws away what came while nobody served. */
    void discardWaiting() {
        HostMemory.putU64(iovecs, spill);
        HostMemory.putU64(iovecs + Long.BYTES, HEADER_BYTES); // the least the kernel writes
        int discarded = 0;
        while (discarded < WAITING_MOST && queue.read(iovecs, 1) >= 0) {
            discarded++;
        }
    }

    @Override
    public int descriptor() {
        return queue.descriptor();
    }

    @Override
    public void receiving(boolean wanted) {
        if (!detaches || attached == wanted) {
            return;
        }
        try {
            queue.setAttached(wanted);
            attached = wanted;
        } catch (LinuxException e) {
            // The interface is gone: then no frame comes either.
            assert e.errno() == Errno.EBADFD || e.errno() == Errno.EINVAL : e;
        }
    }

    @Override
    public int send(long frame, int count, int bytes) {
        long result = queue.write(frame, count);
        return result >= 0 ? SENT : whyNotSent((int) -result);
    }

    private static int whyNotSent(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> LATER;
            default -> isDown(errno) ? DOWN : REFUSED;
        };
    }

    @Override
    public int receive(long room, int count) {
        long bytes = 0;
        for (long entry = room; entry < room + (long) count * IOVEC_BYTES; entry += IOVEC_BYTES) {
            bytes += HostMemory.u64(entry + Long.BYTES);
        }
        boolean spills = bytes < Limits.FRAME_BYTES_MAX && count < Limits.IOVECS_MAX;
        long result = spills ? readSpilling(room, count) : queue.read(room, count);
        if (result < 0) {
            return whyNotReceived((int) -result);
        }
        return result > bytes ? TOO_LARGE : (int) result;
    }

    /** Into little room: the kernel says nothing when it cuts a frame off, so a frame that spills over was larger. */
    private long readSpilling(long room, int count) {
        long roomBytes = (long) count * IOVEC_BYTES;
        HostMemory.copy(room, iovecs, roomBytes);
        HostMemory.putU64(iovecs + roomBytes, spill);
        HostMemory.putU64(iovecs + roomBytes + Long.BYTES, IOVEC_BYTES);
        return queue.read(iovecs, count + 1);
    }

    private static int whyNotReceived(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> NOTHING;
            default -> isDown(errno) ? DOWN : REFUSED;
        };
    }

    /** EIO: not up; the others: the interface is gone (drivers/net/tun.c). */
    private static boolean isDown(int errno) {
        return errno == Errno.EIO || errno == Errno.EBADFD || errno == Errno.ENODEV || errno == Errno.ENXIO
                || errno == Errno.ENETDOWN;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        NativeHeap.free(iovecs);
        receiving(false);
    }
}
