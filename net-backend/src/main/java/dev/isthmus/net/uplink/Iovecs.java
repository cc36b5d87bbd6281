package dev.isthmus.net.uplink;

import dev.isthmus.linux.HostMemory;

/** Copying between one place and an array of {@code struct iovec}. Hot path. */
final class Iovecs {
    static final int ENTRY_BYTES = 16;

    private Iovecs() {}

    /** All pieces into one place; there is room. Returns the bytes. */
    static long gather(long iovecs, int count, long to) {
        long done = 0;
        for (int i = 0; i < count; i++) {
            long entry = iovecs + (long) i * ENTRY_BYTES;
            long length = HostMemory.u64(entry + Long.BYTES);
            HostMemory.copy(HostMemory.u64(entry), to + done, length);
            done += length;
        }
        return done;
    }

    /** So many bytes of one place over the pieces; returns how many of them had room. */
    static long scatter(long from, long bytes, long iovecs, int count) {
        long done = 0;
        for (int i = 0; i < count && done < bytes; i++) {
            long entry = iovecs + (long) i * ENTRY_BYTES;
            long part = Math.min(HostMemory.u64(entry + Long.BYTES), bytes - done);
            HostMemory.copy(from + done, HostMemory.u64(entry), part);
            done += part;
        }
        return done;
    }

    /** The first bytes of the pieces, of which there are as many, into one place. */
    static void gatherFirst(long iovecs, int count, long to, int bytes) {
        long done = 0;
        for (int i = 0; i < count && done < bytes; i++) {
            long entry = iovecs + (long) i * ENTRY_BYTES;
            long part = Math.min(HostMemory.u64(entry + Long.BYTES), bytes - done);
            HostMemory.copy(HostMemory.u64(entry), to + done, part);
            done += part;
        }
    }

    /** Describes the pieces without their first bytes; returns how many entries that took, never more than before. */
    static int skip(long iovecs, int count, int bytes, long to) {
        long left = bytes;
        int taken = 0;
        for (int i = 0; i < count; i++) {
            long entry = iovecs + (long) i * ENTRY_BYTES;
            long length = HostMemory.u64(entry + Long.BYTES);
            long skipped = Math.min(left, length);
            left -= skipped;
            if (skipped < length) {
                long at = to + (long) taken * ENTRY_BYTES;
                HostMemory.putU64(at, HostMemory.u64(entry) + skipped);
                HostMemory.putU64(at + Long.BYTES, length - skipped);
                taken++;
            }
        }
        return taken;
    }
}
