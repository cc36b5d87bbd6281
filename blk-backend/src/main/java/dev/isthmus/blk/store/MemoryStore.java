package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;

/**
 * Sectors in memory, gone when the store is closed. Takes memory for pages that were written; DISCARD and WRITE_ZEROES
 * give it back.
 *
 * <p>The memory is a memfd and every access a system call on it. That costs a copy by the kernel a request, as a file
 * in the page cache would, and buys what a table of chunks of our own would need locks for: reads, writes and frees of
 * any number of workers at once are the kernel's to get right, a read of what was never written takes no memory, and
 * guest memory that vanished is an error and not a fault.
 *
 * <p>Completes inside {@link #submit}.
 */
public final class MemoryStore implements BlockStore {
    /** What a hole is made of. */
    private static final int PAGE_BYTES = 4096;

    private final OwnedFd memory;
    private final BlockLimits limits;
    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors;

    private MemoryStore(String deviceName, OwnedFd memory, BlockLimits limits) {
        this.memory = memory;
        this.limits = limits;
        this.errors = new StoreErrors(deviceName, counters);
    }

    /**
     * A store of zeroes.
     *
     * @param deviceName what log lines and {@code /proc} call it
     * @param sizeBytes a multiple of 512
     */
    public static MemoryStore open(String deviceName, long sizeBytes) throws IOException {
        var limits = new BlockLimits(sizeBytes, BlockLimits.SECTOR_BYTES, PAGE_BYTES, 0, false, true, true, PAGE_BYTES);
        return new MemoryStore(deviceName, MemFd.create("isthmus-store-" + deviceName, sizeBytes), limits);
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

    @Override
    public void submit(StoreRequest request) {
        StoreOperation operation = request.operation();
        request.complete(errors.resultOf(operation, execute(operation, request)));
    }

    private int execute(StoreOperation operation, StoreRequest request) {
        return switch (operation) {
            case READ -> Transfer.read(memory.number(), request.iovecAddress(), request.iovecCount(),
                    request.offsetBytes(), request.lengthBytes());
            case WRITE -> Transfer.write(memory.number(), request.iovecAddress(), request.iovecCount(),
                    request.offsetBytes(), request.lengthBytes());
            case FLUSH -> 0;
            case DISCARD, WRITE_ZEROES -> free(request);
        };
    }

    private int free(StoreRequest request) {
        int mode = FileIo.FALLOC_FL_PUNCH_HOLE | FileIo.FALLOC_FL_KEEP_SIZE;
        int result = 0;
        for (int i = 0; i < request.rangeCount() && result == 0; i++) {
            if (request.rangeLengthBytes(i) > 0) {
                result = FileIo.fallocate(memory.number(), mode, request.rangeOffsetBytes(i),
                        request.rangeLengthBytes(i));
            }
        }
        return result;
    }

    @Override
    public void look(long nowNanos) {
        errors.look(nowNanos);
    }

    @Override
    public StoreCounters counters() {
        return counters;
    }

    /** Memory taken, in bytes. */
    long allocatedBytes() throws IOException {
        return FileStatus.of(memory).allocatedBytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
