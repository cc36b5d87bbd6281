package dev.isthmus.blk.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Pieces of native memory as a driver may hand them out: of any length, at any byte.
 *
 * <p>Writes {@code struct iovec} at its own offsets (bits/types/struct_iovec.h: {@code iov_base} at 0, {@code iov_len}
 * at 8).
 */
final class GuestBuffer {
    private static final int IOVEC_BYTES = 16;
    private static final byte CANARY = 0x5a;
    private static final int GAP_BYTES = 3;

    private final MemorySegment[] pieces;
    private final MemorySegment[] gaps;
    private final MemorySegment iovecs;

    private GuestBuffer(Arena arena, int misalignmentBytes, int... lengths) {
        pieces = new MemorySegment[lengths.length];
        gaps = new MemorySegment[lengths.length];
        iovecs = arena.allocate(Math.max(1, lengths.length) * (long) IOVEC_BYTES, 8);
        int align = misalignmentBytes == 0 ? 4096 : 1;
        for (int i = 0; i < lengths.length; i++) {
            MemorySegment room = arena.allocate(misalignmentBytes + lengths[i] + GAP_BYTES, Math.max(align, 8));
            pieces[i] = room.asSlice(misalignmentBytes, lengths[i]);
            gaps[i] = room.asSlice(misalignmentBytes + lengths[i], GAP_BYTES);
            gaps[i].fill(CANARY);
        }
    }

    private GuestBuffer(Arena arena, MemorySegment piece) {
        pieces = new MemorySegment[] {piece};
        gaps = new MemorySegment[0];
        iovecs = arena.allocate(IOVEC_BYTES, 8);
    }

    /** One piece that is somebody else's memory. */
    static GuestBuffer at(Arena arena, MemorySegment piece) {
        return new GuestBuffer(arena, piece);
    }

    /** One piece, aligned to a page. */
    static GuestBuffer aligned(Arena arena, int lengthBytes) {
        return new GuestBuffer(arena, 0, lengthBytes);
    }

    /** Pieces at odd addresses. */
    static GuestBuffer scattered(Arena arena, int... lengths) {
        return new GuestBuffer(arena, 1, lengths);
    }

    /** {@code count} pieces of {@code lengthBytes}, at odd addresses. */
    static GuestBuffer many(Arena arena, int count, int lengthBytes) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, lengthBytes);
        return new GuestBuffer(arena, 1, lengths);
    }

    /** {@code count} pieces of {@code lengthBytes}, aligned to pages. */
    static GuestBuffer manyAligned(Arena arena, int count, int lengthBytes) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, lengthBytes);
        return new GuestBuffer(arena, 0, lengths);
    }

    GuestBuffer put(byte[] data) {
        int at = 0;
        for (MemorySegment piece : pieces) {
            MemorySegment.copy(data, at, piece, ValueLayout.JAVA_BYTE, 0, (int) piece.byteSize());
            at += (int) piece.byteSize();
        }
        return this;
    }

    byte[] bytes() {
        byte[] data = new byte[(int) lengthBytes()];
        int at = 0;
        for (MemorySegment piece : pieces) {
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, data, at, (int) piece.byteSize());
            at += (int) piece.byteSize();
        }
        return data;
    }

    /** Whether nothing was written behind a piece. */
    boolean isIntactAround() {
        for (MemorySegment gap : gaps) {
            for (int i = 0; i < GAP_BYTES; i++) {
                if (gap.get(ValueLayout.JAVA_BYTE, i) != CANARY) {
                    return false;
                }
            }
        }
        return true;
    }

    long lengthBytes() {
        long sum = 0;
        for (MemorySegment piece : pieces) {
            sum += piece.byteSize();
        }
        return sum;
    }

    int count() {
        return pieces.length;
    }

    /** Writes the array anew, since a store may eat it up; returns its address. Allocates nothing. */
    long layOut() {
        for (int i = 0; i < pieces.length; i++) {
            iovecs.set(ValueLayout.JAVA_LONG, (long) i * IOVEC_BYTES, pieces[i].address());
            iovecs.set(ValueLayout.JAVA_LONG, (long) i * IOVEC_BYTES + 8, pieces[i].byteSize());
        }
        return iovecs.address();
    }
}
