package dev.isthmus.blk.store;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A request without a ring behind it. */
final class FakeStoreRequest implements StoreRequest {
    private static final long PATIENCE_SECONDS = 60;

    /** A piece of the store that is not needed, or is to be zero. */
    record Range(long offsetBytes, long lengthBytes, boolean mayUnmap) {
        static Range of(long offsetBytes, long lengthBytes) {
            return new Range(offsetBytes, lengthBytes, false);
        }
    }

    private final StoreOperation operation;
    private final long offsetBytes;
    private final GuestBuffer buffer;
    private final Range[] ranges;
    private final AtomicInteger completions = new AtomicInteger();
    private long iovecs;
    private boolean durable;
    private CountDownLatch completed = new CountDownLatch(1);
    private volatile StoreResult result;
    private volatile Thread completer;

    private FakeStoreRequest(StoreOperation operation, long offsetBytes, GuestBuffer buffer, Range... ranges) {
        this.operation = operation;
        this.offsetBytes = offsetBytes;
        this.buffer = buffer;
        this.ranges = ranges;
    }

    static FakeStoreRequest read(long offsetBytes, GuestBuffer buffer) {
        return new FakeStoreRequest(StoreOperation.READ, offsetBytes, buffer);
    }

    static FakeStoreRequest write(long offsetBytes, GuestBuffer buffer) {
        return new FakeStoreRequest(StoreOperation.WRITE, offsetBytes, buffer);
    }

    static FakeStoreRequest flush() {
        return new FakeStoreRequest(StoreOperation.FLUSH, 0, null);
    }

    static FakeStoreRequest discard(Range... ranges) {
        return new FakeStoreRequest(StoreOperation.DISCARD, 0, null, ranges);
    }

    static FakeStoreRequest writeZeroes(Range... ranges) {
        return new FakeStoreRequest(StoreOperation.WRITE_ZEROES, 0, null, ranges);
    }

    FakeStoreRequest durably() {
        durable = true;
        return this;
    }

    /** Submits and waits. */
    StoreResult on(BlockStore store) {
        submitTo(store);
        return await();
    }

    void submitTo(BlockStore store) {
        completed = new CountDownLatch(1);
        prepare();
        store.submit(this);
    }

    /** Lays the iovec array out, for those who submit by themselves. */
    FakeStoreRequest prepare() {
        iovecs = buffer == null ? 0 : buffer.layOut();
        result = null;
        return this;
    }

    StoreResult await() {
        try {
            if (!completed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(operation + " was not completed");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return result;
    }

    /** Submits and waits without allocating anything. */
    StoreResult onWithoutAllocating(BlockStore store) {
        prepare();
        store.submit(this);
        long start = System.nanoTime();
        while (result == null) {
            Thread.onSpinWait();
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new AssertionError(operation + " was not completed");
            }
        }
        return result;
    }

    int completions() {
        return completions.get();
    }

    Thread completer() {
        return completer;
    }

    @Override
    public StoreOperation operation() {
        return operation;
    }

    @Override
    public long offsetBytes() {
        return offsetBytes;
    }

    @Override
    public long lengthBytes() {
        return buffer == null ? 0 : buffer.lengthBytes();
    }

    @Override
    public long iovecAddress() {
        return iovecs;
    }

    @Override
    public int iovecCount() {
        return buffer == null ? 0 : buffer.count();
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public int rangeCount() {
        return ranges.length;
    }

    @Override
    public long rangeOffsetBytes(int range) {
        return ranges[range].offsetBytes();
    }

    @Override
    public long rangeLengthBytes(int range) {
        return ranges[range].lengthBytes();
    }

    @Override
    public boolean rangeMayUnmap(int range) {
        return ranges[range].mayUnmap();
    }

    @Override
    public void complete(StoreResult newResult) {
        completions.incrementAndGet();
        completer = Thread.currentThread();
        result = newResult;
        completed.countDown();
    }
}
