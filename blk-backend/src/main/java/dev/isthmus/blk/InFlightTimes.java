package dev.isthmus.blk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** When each head was taken, for whoever asks how old the oldest request is. The worker writes, any thread reads. */
final class InFlightTimes {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long NONE = 0;

    /** {@code System.nanoTime()} with the lowest bit set, so that it is never {@link #NONE}. */
    private final long[] takenNanos;

    InFlightTimes(int size) {
        takenNanos = new long[size];
    }

    void taken(int head, long nowNanos) {
        CELL.setOpaque(takenNanos, head, nowNanos | 1);
    }

    /** Returns how long the request was in flight. */
    long answered(int head, long nowNanos) {
        long age = nowNanos - takenNanos[head];
        CELL.setOpaque(takenNanos, head, NONE);
        return age;
    }

    long oldestAgeNanos(long nowNanos) {
        long oldest = 0;
        for (int head = 0; head < takenNanos.length; head++) {
            long taken = (long) CELL.getOpaque(takenNanos, head);
            if (taken != NONE) {
                oldest = Math.max(oldest, nowNanos - taken);
            }
        }
        return oldest;
    }
}
