package dev.isthmus.bench.jmh;

import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.memory.MemoryTable;
import java.io.IOException;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From a guest address to one of this process: random addresses in a guest of so many memory regions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TranslationBenchmark {
    private static final int REGION_BYTES = 1 << 20;
    /** Regions do not touch each other. */
    private static final long STRIDE = 2L * REGION_BYTES;
    private static final int BUFFER_BYTES = 4096;
    private static final int ADDRESSES = 1 << 10;

    @Param({"1", "2", "8", "64"})
    public int regions;

    private final long[] addresses = new long[ADDRESSES];
    private OwnedFd file;
    private MemoryTable table;
    private GuestMemory memory;
    private int next;

    @Setup
    public void open() throws IOException, MemoryException {
        file = MemFd.create("translation", REGION_BYTES);
        table = new MemoryTable(false);
        table.replace(IntStream.range(0, regions)
                .mapToObj(i -> new MemoryRegionDescription(i * STRIDE, REGION_BYTES, i * STRIDE, 0)).toList(),
                Collections.nCopies(regions, file));
        memory = table.current();
        var random = new Random(1);
        for (int i = 0; i < ADDRESSES; i++) {
            addresses[i] = random.nextInt(regions) * STRIDE + random.nextInt(REGION_BYTES - BUFFER_BYTES);
        }
    }

    @TearDown
    public void close() {
        table.close();
        file.close();
    }

    @Benchmark
    public long hostAddress() {
        next = next + 1 & ADDRESSES - 1;
        return memory.hostAddress(addresses[next], BUFFER_BYTES);
    }
}
