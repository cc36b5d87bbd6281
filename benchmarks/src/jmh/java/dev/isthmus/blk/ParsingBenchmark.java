package dev.isthmus.blk;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.PreparedRing;
import dev.isthmus.virtqueue.SplitVirtqueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From a chain of three descriptors to a block read that a store can be given. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParsingBenchmark {
    /** Bytes of the pieces of a chain, which parsing cuts: header, data, status. */
    private static final int PIECES_BYTES = 3 * FileIo.IOVEC_BYTES;

    private final Arena arena = Arena.ofShared();
    private final BlkRequestParser parser = new BlkRequestParser(0, arena);
    /** It is never completed, so it needs no ring to be completed on. */
    private final BlkRequest request = new BlkRequest(null);
    private final BlockLimits limits = new BlockLimits(1L << 30, 512, 4096, 0, false, true, true, 512);
    private final long pieces = arena.allocate(PIECES_BYTES, Long.BYTES).address();
    private PreparedRing ring;
    private DescriptorChain chain;

    @Setup
    public void open() throws IOException {
        ring = new PreparedRing(0);
        ring.offer(1);
        SplitVirtqueue queue = ring.queue();
        chain = queue.chain(queue.poll());
        HostMemory.copy(chain.iovecAddress(), pieces, PIECES_BYTES);
        parseRead();
        if (request.fault() != BlkRequestFault.NONE) {
            throw new IllegalStateException("the prepared request is faulty: " + request.fault());
        }
    }

    @TearDown
    public void close() {
        ring.close();
        arena.close();
    }

    /** With putting the pieces back, which takes a nanosecond or two. */
    @Benchmark
    public BlkRequest parseRead() {
        HostMemory.copy(pieces, chain.iovecAddress(), PIECES_BYTES);
        request.reset(0);
        parser.parse(chain, limits, request);
        return request;
    }
}
