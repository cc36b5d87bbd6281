package dev.isthmus.net.uplink;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;

/** Native memory for one frame with its header, and an array of iovecs that names it piece by piece. */
final class FrameMemory implements AutoCloseable {
    private static final int BYTES = 70_000;
    private static final int PIECES = 1024;
    private static final int ENTRY_BYTES = 16;
    private static final byte UNTOUCHED = (byte) 0xee;

    private final Arena arena = Arena.ofShared();
    private final long memory = arena.allocate(BYTES, Long.BYTES).address();
    private final long iovecs = arena.allocate((long) PIECES * ENTRY_BYTES, Long.BYTES).address();

    /** Pieces of these lengths, one behind the other; returns how many. */
    int cut(int... lengths) {
        int at = 0;
        for (int i = 0; i < lengths.length; i++) {
            HostMemory.putU64(iovecs + (long) i * ENTRY_BYTES, memory + at);
            HostMemory.putU64(iovecs + (long) i * ENTRY_BYTES + Long.BYTES, lengths[i]);
            at += lengths[i];
        }
        return lengths.length;
    }

    void put(byte[] all) {
        HostMemory.copy(all, 0, memory, all.length);
    }

    /** Makes every byte one that nobody sends. */
    void spoil() {
        HostMemory.fill(memory, BYTES, UNTOUCHED);
    }

    byte[] get(int bytes) {
        byte[] all = new byte[bytes];
        HostMemory.copy(memory, all, 0, bytes);
        return all;
    }

    boolean isUntouchedFrom(int at) {
        for (int i = at; i < BYTES; i++) {
            if ((byte) HostMemory.u8(memory + i) != UNTOUCHED) {
                return false;
            }
        }
        return true;
    }

    long iovecs() {
        return iovecs;
    }

    @Override
    public void close() {
        arena.close();
    }
}
