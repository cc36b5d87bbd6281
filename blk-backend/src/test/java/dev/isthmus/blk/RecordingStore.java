package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sectors in memory, and a record of what was asked. */
final class RecordingStore implements BlockStore {
    /** One request as the store saw it. */
    record Seen(StoreOperation operation, long offset, long length, boolean durable, List<SeenRange> ranges) {}

    record SeenRange(long offset, long length, boolean mayUnmap) {}

    final List<Seen> seen = new ArrayList<>();
    private final MemoryStore sectors;
    private final List<StoreRequest> held = new ArrayList<>();
    private BlockLimits limits;
    private BlockLimits nextLimits;
    private @Nullable StoreResult answer;
    private boolean holding;

    private RecordingStore(MemoryStore sectors, BlockLimits limits) {
        this.sectors = sectors;
        this.limits = limits;
        this.nextLimits = limits;
    }

    /** Logical blocks of 512 bytes. */
    static RecordingStore of(long sizeBytes) {
        return of(new BlockLimits(sizeBytes, 512, 4096, 65536, false, true, true, 4096));
    }

    static RecordingStore of(BlockLimits limits) {
        try {
            return new RecordingStore(MemoryStore.open("recording", limits.sizeBytes()), limits);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static BlockLimits readOnly(long sizeBytes) {
        return new BlockLimits(sizeBytes, 512, 512, 0, true, false, false, 512);
    }

    /** What the next {@link #refresh} finds. */
    void becomes(BlockLimits next) {
        nextLimits = next;
    }

    /** All that comes is answered so, and touches nothing. */
    void answer(StoreResult result) {
        answer = result;
    }

    /** From now on requests wait for {@link #letGo}. */
    void hold() {
        holding = true;
    }

    void letGo() {
        holding = false;
        List.copyOf(held).forEach(this::carryOut);
        held.clear();
    }

    @Override
    public void submit(StoreRequest request) {
        List<SeenRange> ranges = new ArrayList<>();
        for (int i = 0; i < request.rangeCount(); i++) {
            ranges.add(new SeenRange(request.rangeOffsetBytes(i), request.rangeLengthBytes(i), request.rangeMayUnmap(
                    i)));
        }
        seen.add(new Seen(request.operation(), request.offsetBytes(), request.lengthBytes(), request.durable(),
                ranges));
        if (holding) {
            held.add(request);
        } else {
            carryOut(request);
        }
    }

    private void carryOut(StoreRequest request) {
        StoreResult result = answer;
        if (result == null) {
            sectors.submit(request);
        } else {
            request.complete(result);
        }
    }

    @Override
    public BlockLimits limits() {
        return limits;
    }

    @Override
    public BlockLimits refresh() {
        limits = nextLimits;
        return limits;
    }

    @Override
    public void activate() {}

    @Override
    public void deactivate() {}

    @Override
    public StoreCounters counters() {
        return sectors.counters();
    }

    @Override
    public void close() {
        sectors.close();
    }
}
