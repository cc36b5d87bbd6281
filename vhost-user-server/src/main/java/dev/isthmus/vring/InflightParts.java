package dev.isthmus.vring;

import dev.isthmus.memory.InflightMemory;
import dev.isthmus.virtqueue.SplitInflight;
import org.jspecify.annotations.Nullable;

/**
 * Where in an inflight region a ring is written down.
 *
 * <pre>
 *   | queue 0 | queue 1 | ...  parts of the queue size asked for  | queue 0 | queue 1 | ...  spare parts |
 * </pre>
 *
 * <p>QEMU 10 asks for a region of its {@code queue-size}, 128, and then lets the guest's firmware use rings of 256
 * entries and Linux rings of 1024. How long a region is, is the back-end's to say (the vhost-user specification,
 * "Inflight description": mmap size). So a region of ours ends with a spare part for each queue. A ring that fits the
 * part it should have uses that one, where every other back-end looks for it too.
 */
public final class InflightParts {
    /** Entries of a spare part: QEMU's VIRTQUEUE_MAX_SIZE (include/hw/virtio/virtio.h). */
    static final int SPARE_SIZE = 1024;

    private final InflightMemory region;
    private final long partBytes;

    InflightParts(InflightMemory region) {
        this.region = region;
        this.partBytes = SplitInflight.bytes(region.queueSize());
    }

    /** Bytes of a new region. */
    public static long bytes(int queues, int queueSize) {
        long spare = queueSize < SPARE_SIZE ? SplitInflight.bytes(SPARE_SIZE) : 0;
        return queues * (SplitInflight.bytes(queueSize) + spare);
    }

    /**
     * The part of a ring that is about to start; what the queue's other parts tell is of a ring that is no more, so
     * they are emptied. Null if the region has none that is large enough.
     *
     * @param queue its index
     * @param ringSize its entries
     */
    @Nullable
    SplitInflight start(int queue, int ringSize) {
        if (queue >= region.queues()) {
            return null;
        }
        SplitInflight part = SplitInflight.at(region.address() + queue * partBytes, region.queueSize(), ringSize);
        SplitInflight spare = spare(queue, ringSize);
        SplitInflight larger = ringSize <= SPARE_SIZE ? spare : null;
        SplitInflight used = ringSize <= region.queueSize() ? part : larger;
        if (used != part) {
            part.forget();
        }
        if (spare != null && used != spare) {
            spare.forget();
        }
        return used;
    }

    private @Nullable SplitInflight spare(int queue, int ringSize) {
        long spareBytes = SplitInflight.bytes(SPARE_SIZE);
        long from = region.queues() * partBytes;
        if (region.sizeBytes() - from < region.queues() * spareBytes) {
            return null;
        }
        return SplitInflight.at(region.address() + from + queue * spareBytes, SPARE_SIZE, ringSize);
    }

    int queues() {
        return region.queues();
    }

    int queueSize() {
        return region.queueSize();
    }

    void close() {
        region.close();
    }
}
