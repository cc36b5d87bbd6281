package dev.isthmus.blk.store.fault;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import java.util.function.Supplier;

/** The beginning of a READ or WRITE; when it is done, the whole has failed. */
final class ShortRequest implements StoreRequest {
    private final StoreRequest whole;
    private final Supplier<StoreResult> failure;
    private final long lengthBytes;
    private final int iovecCount;

    /**
     * @param lengthBytes more than nothing and less than the whole
     * @param failure the result of the whole, asked for when the beginning went well
     */
    ShortRequest(StoreRequest whole, long lengthBytes, Supplier<StoreResult> failure) {
        this.whole = whole;
        this.failure = failure;
        this.lengthBytes = lengthBytes;
        this.iovecCount = cut(whole.iovecAddress(), lengthBytes);
    }

    /** Cuts the array off behind so many bytes; it belongs to whoever has the request. Returns the entries left. */
    private static int cut(long iovec, long lengthBytes) {
        long left = lengthBytes;
        int count = 0;
        while (left > 0) {
            long entryLength = iovec + (long) count * FileIo.IOVEC_BYTES + Long.BYTES;
            long length = Math.min(left, HostMemory.u64(entryLength));
            HostMemory.putU64(entryLength, length);
            left -= length;
            count++;
        }
        return count;
    }

    @Override
    public StoreOperation operation() {
        return whole.operation();
    }

    @Override
    public long offsetBytes() {
        return whole.offsetBytes();
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public long iovecAddress() {
        return whole.iovecAddress();
    }

    @Override
    public int iovecCount() {
        return iovecCount;
    }

    @Override
    public boolean durable() {
        return whole.durable();
    }

    @Override
    public int rangeCount() {
        return 0;
    }

    @Override
    public long rangeOffsetBytes(int range) {
        throw new IndexOutOfBoundsException(range);
    }

    @Override
    public long rangeLengthBytes(int range) {
        throw new IndexOutOfBoundsException(range);
    }

    @Override
    public boolean rangeMayUnmap(int range) {
        throw new IndexOutOfBoundsException(range);
    }

    @Override
    public void complete(StoreResult result) {
        whole.complete(result == StoreResult.OK ? failure.get() : result);
    }
}
