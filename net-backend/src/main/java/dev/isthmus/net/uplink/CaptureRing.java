package dev.isthmus.net.uplink;

import dev.isthmus.counters.Counter;
import dev.isthmus.linux.HostMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Frames on their way from a worker, which never waits, to the thread that writes them to a file. What is captured of a
 * frame that the guest changes meanwhile is what was there when it was copied.
 *
 * <pre>
 *   bytes    ... │ length 8 │ time 8 │ frame │ up to 16 │ length ...    read ≤ written ≤ read + SIZE; both only grow
 * </pre>
 */
final class CaptureRing {
    /** Some milliseconds of frames; a power of two. */
    static final int SIZE = 1 << 20;

    private static final int PREFIX_BYTES = 16;
    private static final VarHandle WRITTEN = handle("written");
    private static final VarHandle READ = handle("read");
    private static final VarHandle NUMBER =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes = new byte[SIZE];
    private final Counter lost = new Counter();
    private long written;
    private long read;

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(CaptureRing.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The worker: a frame behind its header of virtio; it is lost if there is no room. Allocates nothing. */
    void put(long iovecs, int count, int bytesWithHeader, long nanos) {
        int length = bytesWithHeader - UplinkQueue.HEADER_BYTES;
        int needed = recordBytes(length);
        // Acquire, with the release in take: the room was read before we write to it.
        if (needed > SIZE - (written - (long) READ.getAcquire(this))) {
            lost.increment();
            return;
        }
        NUMBER.set(bytes, index(written), (long) length);
        NUMBER.set(bytes, index(written + Long.BYTES), nanos);
        long to = written + PREFIX_BYTES;
        int skip = UplinkQueue.HEADER_BYTES;
        int left = length;
        for (long entry = iovecs; left > 0 && entry < iovecs + (long) count * Iovecs.ENTRY_BYTES; entry +=
                Iovecs.ENTRY_BYTES) {
            long piece = HostMemory.u64(entry + Long.BYTES);
            int skipped = (int) Math.min(skip, piece);
            int part = (int) Math.min(left, piece - skipped);
            copyIn(HostMemory.u64(entry) + skipped, to, part);
            skip -= skipped;
            left -= part;
            to += part;
        }
        // Release, with the acquire in take: the record is there before it is seen.
        WRITTEN.setRelease(this, written + needed);
    }

    private void copyIn(long from, long to, int length) {
        int first = Math.min(length, SIZE - index(to));
        HostMemory.copy(from, bytes, index(to), first);
        HostMemory.copy(from + first, bytes, 0, length - first);
    }

    /** What one frame is copied to. */
    interface Sink {
        /**
         * Takes a frame.
         *
         * @param frame of which the first {@code length} bytes are the frame; not to be kept
         */
        void frame(long nanos, byte[] frame, int length);
    }

    /** The thread that writes the file: hands on what has come, and returns how many frames. */
    int take(byte[] frame, Sink sink) {
        int taken = 0;
        long end = (long) WRITTEN.getAcquire(this);
        while (read != end) {
            int length = (int) (long) NUMBER.get(bytes, index(read));
            long nanos = (long) NUMBER.get(bytes, index(read + Long.BYTES));
            long from = read + PREFIX_BYTES;
            int first = Math.min(length, SIZE - index(from));
            System.arraycopy(bytes, index(from), frame, 0, first);
            System.arraycopy(bytes, 0, frame, first, length - first);
            READ.setRelease(this, read + recordBytes(length));
            sink.frame(nanos, frame, length);
            taken++;
        }
        return taken;
    }

    /** Frames there was no room for. */
    long lost() {
        return lost.get();
    }

    /** A multiple of the prefix, so that none of these is cut. */
    private static int recordBytes(int length) {
        return PREFIX_BYTES + (length + PREFIX_BYTES - 1 & -PREFIX_BYTES);
    }

    private static int index(long position) {
        return (int) (position & SIZE - 1);
    }
}
