package dev.isthmus.blk;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.virtqueue.SplitInflight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The inflight region a ring's life begins with: none, a new one, or one that fits no ring. Offsets are those of
 * QueueRegionSplit in the vhost-user specification.
 */
final class FuzzInflight implements AutoCloseable {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int VERSION = 8;
    private static final int DESC_NUM = 10;
    private static final int LAST_BATCH_HEAD = 12;
    private static final int USED_IDX = 14;
    private static final int DESC = 16;

    private final Arena arena = Arena.ofConfined();
    private final @Nullable SplitInflight part;
    private final boolean broken;

    FuzzInflight(FuzzRandom random, FuzzLife life) {
        broken = random.rarely(6);
        if (!broken && random.rarely(2)) {
            part = null;
            return;
        }
        MemorySegment region = arena.allocate(SplitInflight.bytes(life.queueSize), 64);
        if (broken) {
            spoil(region, random, life);
        }
        part = SplitInflight.at(region.address(), life.queueSize, life.queueSize);
    }

    private static void spoil(MemorySegment region, FuzzRandom random, FuzzLife life) {
        int size = life.queueSize;
        region.set(U16, VERSION, (short) 1);
        region.set(U16, DESC_NUM, (short) size);
        region.set(ValueLayout.JAVA_BYTE, DESC + 16L * random.below(size), (byte) random.between(1, 127));
        switch (random.below(4)) {
            case 0 -> region.set(U16, VERSION, (short) random.between(2, 65535));
            case 1 -> region.set(U16, DESC_NUM, (short) random.between(size + 1, 65535));
            case 2 -> region.set(U16, USED_IDX, (short) (life.base - random.between(size + 1, 65535)));
            default -> {
                region.set(U16, USED_IDX, (short) (life.base - random.between(1, size)));
                region.set(U16, LAST_BATCH_HEAD, (short) random.between(size, 65535));
            }
        }
    }

    @Nullable
    SplitInflight part() {
        return part;
    }

    boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        arena.close();
    }
}
