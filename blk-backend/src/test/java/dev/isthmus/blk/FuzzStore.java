package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.linux.HostMemory;
import java.util.ArrayDeque;
import java.util.Deque;

/** A store that believes nothing: checks what the contract promises it, touches every byte, and holds some requests. */
final class FuzzStore implements BlockStore {
    private static final int HELD_MAX = 16;

    private final FuzzGuest guest;
    private final FuzzRandom random;
    /** What the device is told, and what is really there. */
    private final BlockLimits told;
    private final long sizeBytes;
    private final StoreCounters counters = new StoreCounters();
    private final Deque<StoreRequest> held = new ArrayDeque<>(HELD_MAX);
    private boolean holdNext;
    private long submitted;

    FuzzStore(FuzzGuest guest, FuzzRandom random, BlockLimits told, long sizeBytes) {
        this.guest = guest;
        this.random = random;
        this.told = told;
        this.sizeBytes = sizeBytes;
    }

    long submitted() {
        return submitted;
    }

    int heldCount() {
        return held.size();
    }

    /** The next request is held, whatever the dice say. */
    void holdNext() {
        holdNext = true;
    }

    void releaseOne() {
        held.removeFirst().complete(StoreResult.OK);
    }

    @Override
    public void submit(StoreRequest request) {
        submitted++;
        check(request);
        touch(request);
        if (holdNext || held.size() < HELD_MAX && random.rarely(10)) {
            holdNext = false;
            held.addLast(request);
        } else {
            request.complete(StoreResult.OK);
        }
    }

    private void check(StoreRequest request) {
        require(!told.readOnly() || request.operation() == StoreOperation.READ
                || request.operation() == StoreOperation.FLUSH, "a read-only store is not written");
        if (request.operation() == StoreOperation.READ || request.operation() == StoreOperation.WRITE) {
            long sum = 0;
            for (int i = 0; i < request.iovecCount(); i++) {
                long base = HostMemory.u64(request.iovecAddress() + 16L * i);
                long length = HostMemory.u64(request.iovecAddress() + 16L * i + 8);
                require(length > 0 && guest.holds(base, length), "a piece is the guest's memory");
                sum += length;
            }
            require(sum == request.lengthBytes(), "the pieces are as long as the request");
            range(request.offsetBytes(), request.lengthBytes());
        }
        for (int i = 0; i < request.rangeCount(); i++) {
            range(request.rangeOffsetBytes(i), request.rangeLengthBytes(i));
        }
    }

    private void range(long offset, long length) {
        require(offset >= 0 && length >= 0 && offset <= sizeBytes && length <= sizeBytes - offset,
                "the range is inside the store");
        require(offset % told.logicalBlockBytes() == 0 && length % told.logicalBlockBytes() == 0,
                "the range is aligned");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
    }

    private static void touch(StoreRequest request) {
        if (request.operation() == StoreOperation.READ) {
            for (int i = 0; i < request.iovecCount(); i++) {
                HostMemory.fill(HostMemory.u64(request.iovecAddress() + 16L * i),
                        HostMemory.u64(request.iovecAddress() + 16L * i + 8), 0);
            }
        }
    }

    @Override
    public BlockLimits limits() {
        return told;
    }

    @Override
    public BlockLimits refresh() {
        return told;
    }

    @Override
    public void activate() {}

    @Override
    public void deactivate() {}

    @Override
    public StoreCounters counters() {
        return counters;
    }

    @Override
    public void close() {}
}
