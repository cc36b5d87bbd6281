package dev.isthmus.virtqueue;

import dev.isthmus.linux.HostMemory;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What this back-end has taken from one split virtqueue and not handed back, written down in memory that outlives it:
 * the vhost-user specification, "Inflight I/O tracking". Owned by the queue's worker; hot path but for {@link
 * #recover}.
 *
 * <pre>
 *   poll       taken(head)        desc[head].counter, then inflight = 1
 *   addUsed    used(head)         desc[head].next = last_batch_head, then last_batch_head = head
 *   publish    published(idx)     after used.idx: inflight = 0 for the batch, then used_idx = idx
 * </pre>
 *
 * <p>A process may end between any two of these stores, so they must reach memory in this order: each release is for
 * whoever reads after our death. The front-end can write here too; so nothing is read again after {@link #recover},
 * which believes nothing.
 */
public final class SplitInflight {
    private final long address;
    private final int descNum;
    private final int queueSize;
    /** Handed back since the last {@link #published}. */
    private final int[] batch;
    private int batched;
    private int lastBatchHead;
    private long counter;

    private SplitInflight(long address, int descNum, int queueSize) {
        this.address = address;
        this.descNum = descNum;
        this.queueSize = queueSize;
        this.batch = new int[queueSize];
    }

    /**
     * The part of a queue at a native address, where {@link #bytes} of {@code descNum} are mapped.
     *
     * @param descNum queue size for which the region was made
     * @param queueSize that of the queue, at most {@code descNum}
     */
    public static SplitInflight at(long address, int descNum, int queueSize) {
        return new SplitInflight(address, descNum, queueSize);
    }

    /** Bytes of the part of a queue of this size. */
    public static long bytes(int queueSize) {
        return InflightLayout.bytes(queueSize);
    }

    /** Makes the part what it was before any ring used it: what it tells is of a ring that is no more. */
    public void forget() {
        if (HostMemory.u16(address + InflightLayout.VERSION) != InflightLayout.VERSION_NONE) {
            HostMemory.zero(address, bytes(descNum));
        }
    }

    /**
     * Finds out what a predecessor left unfinished, and writes down that this is known.
     *
     * @param usedIdx used index of the ring
     * @return the heads it had taken and not handed back, in the order in which it took them; null if the part does not
     *     fit the ring, and then it is left as it was
     */
    int @Nullable [] recover(int usedIdx) {
        int version = HostMemory.u16(address + InflightLayout.VERSION);
        if (version == InflightLayout.VERSION_NONE) {
            begin(usedIdx);
            return new int[0];
        }
        if (version != InflightLayout.VERSION_1
                || HostMemory.u16(address + InflightLayout.DESC_NUM) != descNum) {
            return null;
        }
        boolean[] inFlight = inFlight();
        if (inFlight == null || !forgetLastBatch(inFlight, usedIdx)) {
            return null;
        }
        int[] heads = ordered(inFlight);
        for (int head = 0; head < descNum; head++) {
            if (head >= queueSize || !inFlight[head]) {
                HostMemory.putU8(desc(head) + InflightLayout.DESC_INFLIGHT, 0);
            }
        }
        settle(usedIdx);
        return heads;
    }

    private void begin(int usedIdx) {
        HostMemory.putU16(address + InflightLayout.DESC_NUM, descNum);
        settle(usedIdx);
        HostMemory.putU16Release(address + InflightLayout.VERSION, InflightLayout.VERSION_1);
    }

    private void settle(int usedIdx) {
        HostMemory.putU16Release(address + InflightLayout.USED_IDX, usedIdx);
    }

    /** By head; null if one is marked that the queue does not have. */
    private boolean @Nullable [] inFlight() {
        boolean[] marked = new boolean[queueSize];
        for (int head = 0; head < descNum; head++) {
            if (HostMemory.u8(desc(head) + InflightLayout.DESC_INFLIGHT) != 0) {
                if (head >= queueSize) {
                    return null;
                }
                marked[head] = true;
            }
        }
        return marked;
    }

    /**
     * Death came after used.idx and before used_idx: the driver has the last batch, though some of it may still be
     * marked. Without a mark there is nothing to decide, whatever the indexes say: the driver may have begun anew.
     */
    private boolean forgetLastBatch(boolean[] inFlight, int usedIdx) {
        int left = usedIdx - HostMemory.u16(address + InflightLayout.USED_IDX) & 0xffff;
        if (left == 0 || none(inFlight)) {
            return true;
        }
        if (left > queueSize) {
            return false;
        }
        int head = HostMemory.u16(address + InflightLayout.LAST_BATCH_HEAD);
        while (left > 0) { // at most queueSize rounds
            if (head >= queueSize) {
                return false;
            }
            inFlight[head] = false;
            head = HostMemory.u16(desc(head) + InflightLayout.DESC_NEXT);
            left--;
        }
        return true;
    }

    private static boolean none(boolean[] marked) {
        for (boolean mark : marked) {
            if (mark) {
                return false;
            }
        }
        return true;
    }

    private int[] ordered(boolean[] inFlight) {
        long[][] found = new long[queueSize][];
        int count = 0;
        for (int head = 0; head < queueSize; head++) {
            if (inFlight[head]) {
                found[count++] = new long[] {HostMemory.u64(desc(head) + InflightLayout.DESC_COUNTER), head};
            }
        }
        Arrays.sort(found, 0, count, (a, b) -> Long.compareUnsigned(a[0], b[0]));
        int[] heads = new int[count];
        for (int i = 0; i < count; i++) {
            heads[i] = (int) found[i][1];
        }
        if (count > 0) {
            counter = found[count - 1][0] + 1;
        }
        return heads;
    }

    void taken(int head) {
        long desc = desc(head);
        HostMemory.putU64(desc + InflightLayout.DESC_COUNTER, counter++);
        VarHandle.releaseFence();
        HostMemory.putU8(desc + InflightLayout.DESC_INFLIGHT, 1);
    }

    /** Not taken after all. */
    void givenBack(int head) {
        HostMemory.putU8(desc(head) + InflightLayout.DESC_INFLIGHT, 0);
    }

    void used(int head) {
        HostMemory.putU16(desc(head) + InflightLayout.DESC_NEXT, lastBatchHead);
        HostMemory.putU16Release(address + InflightLayout.LAST_BATCH_HEAD, head);
        lastBatchHead = head;
        batch[batched++] = head;
    }

    void published(int usedIdx) {
        VarHandle.releaseFence();
        for (int i = 0; i < batched; i++) {
            HostMemory.putU8(desc(batch[i]) + InflightLayout.DESC_INFLIGHT, 0);
        }
        batched = 0;
        settle(usedIdx);
    }

    private long desc(int head) {
        return address + InflightLayout.DESC + (long) InflightLayout.DESC_BYTES * head;
    }
}
