package dev.isthmus.bench.jmh;

import dev.isthmus.virtqueue.PreparedRing;
import dev.isthmus.virtqueue.SplitVirtqueue;
import dev.isthmus.virtqueue.VirtqueueFeatures;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The split virtqueue by itself: take chains of three descriptors, hand them back, publish. For each chain. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VirtqueueBenchmark {
    private static final int BATCH = 32;

    /** Notification by threshold or by flag. */
    @Param({"true", "false"})
    public boolean eventIdx;

    private PreparedRing ring;

    @Setup
    public void open() throws IOException {
        ring = new PreparedRing(eventIdx ? VirtqueueFeatures.EVENT_IDX : 0);
    }

    @TearDown
    public void close() {
        ring.close();
    }

    /** As many as are in flight at depth 32, published once. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public boolean pollAddUsedPublish32() {
        SplitVirtqueue queue = ring.queue();
        ring.offer(BATCH);
        for (int i = 0; i < BATCH; i++) {
            int head = queue.poll();
            queue.addUsed(head, queue.chain(head).writableBytes());
        }
        return queue.publish();
    }

    /** One by one, as at depth 1. */
    @Benchmark
    public boolean pollAddUsedPublish1() {
        SplitVirtqueue queue = ring.queue();
        ring.offer(1);
        int head = queue.poll();
        queue.addUsed(head, queue.chain(head).writableBytes());
        return queue.publish();
    }
}
