package dev.isthmus.blk;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import dev.isthmus.blk.store.StoreResult;

/**
 * A block request: what {@link BlkRequestParser} found in a chain, and the store's view of it. One for each head of a
 * ring, used again.
 *
 * <p>The worker owns it, except between {@code submit} and {@link #complete}.
 */
final class BlkRequest implements StoreRequest {
    private static final long[] NO_NUMBERS = {};
    private static final boolean[] NO_FLAGS = {};

    private final BlkVring vring;
    private int head;

    private BlkRequestType type = BlkRequestType.OTHER;
    private BlkRequestFault fault = BlkRequestFault.NONE;
    private StoreOperation operation = StoreOperation.FLUSH;
    private boolean durable;
    private long offsetBytes;
    private long lengthBytes;
    private long iovecAddress;
    private int iovecCount;
    private long statusAddress;
    private long writableBytes;

    private int rangeCount;
    /** Made by the first DISCARD or WRITE_ZEROES. */
    private long[] rangeOffset = NO_NUMBERS;
    private long[] rangeLength = NO_NUMBERS;
    private boolean[] rangeUnmap = NO_FLAGS;

    private boolean submitted;
    private StoreResult result = StoreResult.OK;

    BlkRequest(BlkVring vring) {
        this.vring = vring;
    }

    void reset(int forHead) {
        head = forHead;
        type = BlkRequestType.OTHER;
        fault = BlkRequestFault.NONE;
        durable = false;
        offsetBytes = 0;
        lengthBytes = 0;
        iovecAddress = 0;
        iovecCount = 0;
        statusAddress = 0;
        writableBytes = 0;
        rangeCount = 0;
    }

    void type(BlkRequestType t) {
        type = t;
    }

    void fault(BlkRequestFault f) {
        fault = f;
    }

    /** Where the status byte goes, and how many device-writable bytes there are, itself included. */
    void status(long address, long writable) {
        statusAddress = address;
        writableBytes = writable;
    }

    void data(StoreOperation op, long offset, long length, long iovec, int count) {
        operation = op;
        offsetBytes = offset;
        lengthBytes = length;
        iovecAddress = iovec;
        iovecCount = count;
    }

    void operation(StoreOperation op) {
        operation = op;
    }

    void durable(boolean d) {
        durable = d;
    }

    /** Room for ranges is made when a guest first sends any. */
    void addRange(long offset, long length, boolean mayUnmap) {
        if (rangeOffset.length == 0) {
            rangeOffset = new long[Limits.RANGES_MAX];
            rangeLength = new long[Limits.RANGES_MAX];
            rangeUnmap = new boolean[Limits.RANGES_MAX];
        }
        rangeOffset[rangeCount] = offset;
        rangeLength[rangeCount] = length;
        rangeUnmap[rangeCount] = mayUnmap;
        rangeCount++;
    }

    void submitted() {
        submitted = true;
    }

    BlkRequestType type() {
        return type;
    }

    BlkRequestFault fault() {
        return fault;
    }

    StoreResult result() {
        return result;
    }

    long statusAddress() {
        return statusAddress;
    }

    /**
     * Bytes written from the beginning of the device-writable part. The status is its last byte, so it only counts if
     * everything before it was written (virtio 1.3, 2.7.8.2).
     */
    long usedLength(boolean dataWritten) {
        return dataWritten || writableBytes == 1 ? writableBytes : 0;
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
        return lengthBytes;
    }

    @Override
    public long iovecAddress() {
        return iovecAddress;
    }

    @Override
    public int iovecCount() {
        return iovecCount;
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public int rangeCount() {
        return rangeCount;
    }

    @Override
    public long rangeOffsetBytes(int range) {
        return rangeOffset[range];
    }

    @Override
    public long rangeLengthBytes(int range) {
        return rangeLength[range];
    }

    @Override
    public boolean rangeMayUnmap(int range) {
        return rangeUnmap[range];
    }

    @Override
    public void complete(StoreResult r) {
        if (!submitted) {
            throw new IllegalStateException("a store completed request " + head + " twice");
        }
        submitted = false;
        result = r;
        vring.completed(head);
    }
}
