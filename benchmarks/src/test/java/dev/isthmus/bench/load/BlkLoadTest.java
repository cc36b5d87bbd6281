package dev.isthmus.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.BlkDeviceOptions;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.NullStore;
import dev.isthmus.device.VirtioDevice;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.CpuAffinity;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads on devices of this process. No speed is expected. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlkLoadTest {
    private static final long DISK_BYTES = 1 << 20;
    private static final int QUEUES = 4;
    private static final int LUMP_BYTES = 16 * 1024;
    private static final int PATIENCE = 20;

    private static WireRig<VirtioDevice> serve(BlockStore store) throws IOException {
        return WireRig.serve(BlkDevice.create("disk", new BlkDeviceOptions("", QUEUES, null), store), 1, 20);
    }

    private static LoadSpec spec(WireRig<?> rig, LoadPattern pattern, LoadCheck check) {
        return spec(rig, 1, 8, pattern, 4096, true, check);
    }

    private static LoadSpec spec(WireRig<?> rig, int queues, int depth, LoadPattern pattern, int block, boolean poll,
            LoadCheck check) {
        return new LoadSpec(rig.socket(), queues, depth, pattern, block, poll, LoadSpec.THINK, Duration.ofMillis(50),
                Duration.ofMillis(
                        100), -1, check, 42);
    }

    private static LoadResult run(LoadSpec spec) throws IOException {
        return BlkLoad.run(spec, _ -> {});
    }

    /** On a busy machine it may take a while until something is answered while it is counted. */
    private static LoadResult runUntilCounted(WireRig<?> rig, LoadSpec spec) throws IOException {
        LoadResult result = run(spec);
        for (int i = 0; i < PATIENCE && result.requests() == 0; i++) {
            rig.awaitDisconnected();
            result = run(spec);
        }
        return result;
    }

    @ParameterizedTest(name = "{0} queues, {1} in flight, {2} bytes, polling {3}")
    @CsvSource({
        "1,   1,  4096, true",
        "1,   1,  4096, false",
        "1,  32,  4096, true",
        "1,  32,  4096, false",
        "1, 256,   512, true",
        "4,  43, 65536, false",
        "4,   8,  4096, true",
    })
    void everyRequestIsAnsweredRight(int queues, int depth, int block, boolean poll) throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            LoadResult result = runUntilCounted(rig,
                    spec(rig, queues, depth, LoadPattern.RANDREAD, block, poll, LoadCheck.ZEROES));

            assertThat(result.requests()).isPositive();
            assertThat(result.iops()).isPositive();
            assertThat(result.seconds()).isGreaterThanOrEqualTo(0.1);
            assertThat(result.p50Micros()).isPositive();
            assertThat(result.p99Micros()).isGreaterThanOrEqualTo(result.p50Micros());
            assertThat(result.p999Micros()).isGreaterThanOrEqualTo(result.p99Micros());
            assertThat(result.errors()).isZero();
            assertThat(result.checked()).isPositive();
            assertThat(result.mismatches()).isZero();
            rig.awaitDisconnected();
        }
        before.expectAgain();
    }

    @Test
    void flushesAreAnsweredAmongTheWrites() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(MemoryStore.open("disk", DISK_BYTES))) {
            LoadResult result = runUntilCounted(rig, spec(rig, LoadPattern.RANDWRITE, LoadCheck.NONE).withFlushes(3));

            assertThat(result.requests()).isPositive();
            assertThat(result.errors()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatItWritesItReads(boolean poll) throws IOException {
        // As many blocks as are in flight from the beginning: however slow it is, all are written.
        try (WireRig<VirtioDevice> rig = serve(MemoryStore.open("disk", 2 * 8 * 8192))) {
            LoadResult written = run(spec(rig, 2, 8, LoadPattern.SEQWRITE, 8192, poll, LoadCheck.SECTOR_NUMBERS));
            assertThat(written.errors()).isZero();
            rig.awaitDisconnected();
            run(spec(rig, LoadPattern.RANDWRITE, LoadCheck.NONE));
            rig.awaitDisconnected();
            LoadResult read = run(spec(rig, 1, 8, LoadPattern.SEQREAD, 4096, poll, LoadCheck.SECTOR_NUMBERS));
            assertThat(read.checked()).isPositive();
            assertThat(read.mismatches()).isZero();
        }
    }

    @Test
    void readsWhatTheHostNumbered(@TempDir Path directory) throws IOException {
        Path image = Files.createFile(directory.resolve("image"));
        SectorNumbers.fill(image, DISK_BYTES);
        try (WireRig<VirtioDevice> rig = serve(FileStore.open("disk", FileStoreOptions.of(image)))) {
            LoadResult result = run(spec(rig, LoadPattern.RANDREAD, LoadCheck.SECTOR_NUMBERS));
            assertThat(result.checked()).isPositive();
            assertThat(result.mismatches()).isZero();
        }
    }

    @Test
    void wrongDataIsCounted() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            LoadResult result = run(spec(rig, LoadPattern.RANDREAD, LoadCheck.SECTOR_NUMBERS));
            assertThat(result.mismatches()).isPositive().isEqualTo(result.checked());
        }
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1))) {
            LoadResult result = run(spec(rig, LoadPattern.RANDREAD, LoadCheck.ZEROES));
            assertThat(result.mismatches()).isPositive().isEqualTo(result.checked());
        }
    }

    @Test
    void dataThatDoesNotComeIsWrong() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, false))) {
            LoadResult result = run(spec(rig, LoadPattern.RANDREAD, LoadCheck.ZEROES));
            assertThat(result.mismatches()).isPositive().isEqualTo(result.checked());
        }
    }

    @Test
    void nothingIsCheckedUnlessWanted() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            assertThat(run(spec(rig, LoadPattern.RANDREAD, LoadCheck.NONE)).checked()).isZero();
            rig.awaitDisconnected();
            assertThat(run(spec(rig, LoadPattern.RANDWRITE, LoadCheck.ZEROES)).checked()).isZero();
        }
    }

    @Test
    void refusedRequestsAreErrorsAndNotCounted(@TempDir Path directory) throws IOException {
        Path image = Files.createFile(directory.resolve("image"));
        SectorNumbers.fill(image, DISK_BYTES);
        FileStoreOptions readOnly = FileStoreOptions.of(image).withReadOnly(true);
        try (WireRig<VirtioDevice> rig = serve(FileStore.open("disk", readOnly))) {
            LoadResult result = run(spec(rig, LoadPattern.RANDWRITE, LoadCheck.NONE));
            assertThat(result.errors()).isPositive();
            assertThat(result.requests()).isZero();
        }
    }

    @Test
    void saysWhenCountingBeginsAndEnds() throws IOException {
        List<Boolean> calls = new ArrayList<>();
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            BlkLoad.run(spec(rig, LoadPattern.SEQREAD, LoadCheck.NONE), calls::add);
        }
        assertThat(calls).containsExactly(true, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void makesNoGarbageWhileItCounts(boolean poll) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[2];
        double bytesPerRequest = Double.MAX_VALUE;
        // Code that is not compiled yet makes some, and on a busy machine that may take a while. The JVM's own lumps,
        // some kilobytes whenever it compiles again, are none of the load's.
        for (int i = 0; i < PATIENCE && bytesPerRequest > 0.1; i++) {
            try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
                LoadResult result = BlkLoad.run(
                        spec(rig, 2, 32, LoadPattern.RANDREAD, 4096, poll, LoadCheck.ZEROES),
                        begin -> allocated[begin ? 0 : 1] = threads.getCurrentThreadAllocatedBytes());
                bytesPerRequest = Math.max(0.0, allocated[1] - allocated[0] - LUMP_BYTES)
                        / Math.max(1, result.requests());
            }
        }
        assertThat(bytesPerRequest).isLessThan(0.1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackendThatEndsEndsTheLoad(boolean poll) throws IOException {
        WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1));
        LoadSpec spec = spec(rig, 1, 8, LoadPattern.RANDREAD, 4096, poll, LoadCheck.NONE);
        assertThatThrownBy(() -> BlkLoad.run(spec, begin -> {
            if (begin) {
                close(rig);
            }
        })).isInstanceOf(IOException.class).hasMessageStartingWith("the back-end went away");
    }

    private static void close(WireRig<?> rig) {
        try {
            rig.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBackendThatAnswersNothingEndsTheLoad() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1))) {
            rig.device().holding(true);
            assertThatThrownBy(() -> BlkLoad.run(spec(rig, LoadPattern.RANDREAD, LoadCheck.NONE), _ -> {},
                    Duration.ofMillis(20))).isInstanceOf(IOException.class)
                    .hasMessage("no request was answered for 20 ms; in flight are 8");
            rig.device().holding(false);
            rig.device().release();
        }
    }

    @Test
    void aDeviceThatIsHeldCanBeLoadedAfterwards() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            LoadSpec spec = spec(rig, LoadPattern.RANDREAD, LoadCheck.NONE);
            try (var _ = BlkLoad.hold(spec)) {
                assertThat(rig.server().state()).isEqualTo(ConnectionState.CONNECTED);
            }
            rig.awaitDisconnected();
            assertThat(run(spec).errors()).isZero();
        }
    }

    @Test
    void moreQueuesThanThereAreIsAnError() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            LoadSpec spec = spec(rig, QUEUES + 1, 1, LoadPattern.RANDREAD, 4096, true, LoadCheck.NONE);
            assertThatThrownBy(() -> run(spec)).isInstanceOf(IOException.class)
                    .hasMessage("the back-end has 4 queues, 5 are wanted");
        }
    }

    @Test
    void aDiskSmallerThanABlockIsAnError() throws IOException {
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(4096, true))) {
            LoadSpec spec = spec(rig, 1, 1, LoadPattern.RANDREAD, 8192, true, LoadCheck.NONE);
            assertThatThrownBy(() -> run(spec)).isInstanceOf(IOException.class)
                    .hasMessage("a disk of 8 sectors has no block of 8192 bytes");
        }
    }

    @Test
    void nobodyThereIsAnError(@TempDir Path directory) {
        LoadSpec spec = new LoadSpec(directory.resolve("socket"), 1, 1, LoadPattern.RANDREAD, 512, true, LoadSpec.THINK,
                Duration.ZERO,
                Duration.ofMillis(1), -1, LoadCheck.NONE, 1);
        assertThatThrownBy(() -> run(spec)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 512", "17, 1, 512", "1, 0, 512", "1, 257, 512", "1, 1, 0", "1, 1, 513"})
    void nonsenseIsRefused(int queues, int depth, int block) {
        LoadSpec spec = new LoadSpec(Path.of("socket"), queues, depth, LoadPattern.RANDREAD, block, true,
                LoadSpec.THINK, Duration.ZERO,
                Duration.ofMillis(1), -1, LoadCheck.NONE, 1);
        assertThatThrownBy(() -> run(spec)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theCallersThreadMayRunWhereItMightBefore() throws IOException {
        byte[] before = CpuAffinity.ofCurrentThread();
        try (WireRig<VirtioDevice> rig = serve(NullStore.open(DISK_BYTES, true))) {
            LoadSpec spec = new LoadSpec(rig.socket(), 1, 1, LoadPattern.RANDREAD, 512, false, LoadSpec.THINK,
                    Duration.ZERO, Duration
                            .ofMillis(10), firstOf(before), LoadCheck.NONE, 1);
            BlkLoad.run(spec, _ -> assertThat(cpus()).isNotEmpty());
        }
        assertThat(CpuAffinity.ofCurrentThread()).isEqualTo(before);
    }

    private static byte[] cpus() {
        try {
            return CpuAffinity.ofCurrentThread();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int firstOf(byte[] cpus) {
        int cpu = 0;
        while ((cpus[cpu / 8] >> cpu % 8 & 1) == 0) {
            cpu++;
        }
        return cpu;
    }
}
