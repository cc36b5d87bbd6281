package dev.isthmus.virtqueue;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.NativeHeap;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The {@link DescriptorChain}s of one queue: as many as were ever in flight at a time, at most {@link
 * Limits#IN_FLIGHT_MAX}, and the memory their pieces lie in. It bounds what a driver can make us allocate, whatever the
 * queue's size and however long its chains.
 */
final class ChainPool implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final @Nullable DescriptorChain[] free;
    private int freeCount;
    private int made;
    private long borrowedBytes;

    ChainPool(int queueSize) {
        free = new DescriptorChain[Math.min(queueSize, Limits.IN_FLIGHT_MAX)];
    }

    /** Whether all that may be in flight is in flight. */
    boolean isExhausted() {
        return freeCount == 0 && made == free.length;
    }

    /** A chain to fill; there is one ({@link #isExhausted}). */
    DescriptorChain take() {
        if (freeCount == 0) {
            made++;
            return new DescriptorChain(this);
        }
        freeCount--;
        DescriptorChain chain = free[freeCount];
        free[freeCount] = null;
        if (chain == null) {
            throw new IllegalStateException("the pool lost a chain");
        }
        return chain;
    }

    /** A chain is not in flight any more. */
    void give(DescriptorChain chain) {
        chain.giveBack();
        free[freeCount] = chain;
        freeCount++;
    }

    /** Room that a chain keeps. */
    long allocate(int pieces) {
        return arena.allocate((long) pieces * FileIo.IOVEC_BYTES, Long.BYTES).address();
    }

    /** Room for a long chain, or {@link NativeHeap#NONE} if too much is out already. */
    long borrow(long bytes) {
        if (borrowedBytes + bytes > Limits.LONG_CHAINS_BYTES_MAX) {
            return NativeHeap.NONE;
        }
        long address = NativeHeap.allocate(bytes);
        if (address != NativeHeap.NONE) {
            borrowedBytes += bytes;
        }
        return address;
    }

    void giveBack(long address, long bytes) {
        NativeHeap.free(address);
        borrowedBytes -= bytes;
    }

    /** Frees what chains keep; what they borrowed was given back. */
    @Override
    public void close() {
        assert borrowedBytes == 0 : borrowedBytes + " bytes were not given back";
        arena.close();
    }
}
