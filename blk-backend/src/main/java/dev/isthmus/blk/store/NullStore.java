package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;

/**
 * Nothing at all, for measuring everything else. Writes are forgotten; reads give zeroes, or leave the buffer as it
 * was.
 *
 * <p>Completes inside {@link #submit}.
 */
public final class NullStore implements BlockStore {
    private static final int PHYSICAL_BLOCK_BYTES = 4096;

    private final BlockLimits limits;
    private final boolean readZeroes;
    private final StoreCounters counters = new StoreCounters();

    private NullStore(BlockLimits limits, boolean readZeroes) {
        this.limits = limits;
        this.readZeroes = readZeroes;
    }

    /**
     * A store of nothing.
     *
     * @param sizeBytes a multiple of 512
     * @param readZeroes whether a read fills the buffer with zeroes; otherwise it does not touch it, which is faster
     *     and shows the guest what its own memory held
     */
    public static NullStore open(long sizeBytes, boolean readZeroes) {
        return new NullStore(
                new BlockLimits(sizeBytes, BlockLimits.SECTOR_BYTES, PHYSICAL_BLOCK_BYTES, 0, false, true, true,
                        BlockLimits.SECTOR_BYTES),
                readZeroes);
    }

    @Override
    public BlockLimits limits() {
        return limits;
    }

    @Override
    public BlockLimits refresh() {
        return limits;
    }

    @Override
    public void activate() {}

    @Override
    public void deactivate() {}

    /** Writes into guest memory itself, so it must hand the request back even if that memory is gone. */
    @Override
    public void submit(StoreRequest request) {
        StoreResult result = StoreResult.ERROR;
        try {
            if (readZeroes && request.operation() == StoreOperation.READ) {
                zero(request.iovecAddress(), request.iovecCount());
            }
            result = StoreResult.OK;
        } finally {
            request.complete(result);
        }
    }

    private static void zero(long iovec, int count) {
        for (int i = 0; i < count; i++) {
            long entry = iovec + (long) i * FileIo.IOVEC_BYTES;
            HostMemory.zero(HostMemory.u64(entry), HostMemory.u64(entry + 8));
        }
    }

    @Override
    public StoreCounters counters() {
        return counters;
    }

    @Override
    public void close() {}
}
