package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Front-ends connect to one process, negotiate, do I/O and go away, politely or not, again and again: it holds as much
 * afterwards as before.
 *
 * <p>Descriptors, threads and guest mappings must be the same. Two things vary by themselves. The number of mappings:
 * the C library maps and unmaps heaps and thread stacks as it likes. Memory: the JVM compiles what has become hot, and
 * its heap was collected before each look, but the pages of what it freed are not all given back. What is allowed for
 * these does not depend on the number of cycles, so that even a page lost in each is seen in 2,000.
 */
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CyclesIT {

    private static final int SHORT = 200;
    /** Until code is compiled and pools are filled. */
    private static final int WARM_UP = 1500;
    private static final int MAPPINGS_MORE = 16;
    private static final long KILOBYTES_MORE = 7 << 10;
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(20);
    private static final Duration SETTLE_PAUSE = Duration.ofSeconds(1);
    private static final long SETTLED_KILOBYTES = 256;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @Tag("recovery")
    @ValueSource(strings = {"epoll", "io_uring"})
    void leavesNothingAfterShortlyManyFrontends(String transport) throws Exception {
        cycle(transport, SHORT);
    }

    @ParameterizedTest
    @Tag("soak")
    @CsvSource({"epoll", "io_uring"})
    void leavesNothingAfterVeryManyFrontends(String transport) throws Exception {
        cycle(transport, Integer.getInteger("isthmus.cycles.times", 2000));
    }

    private void cycle(String transport, int times) throws Exception {
        Disk disk = Disk.of("cycles", directory, Images.sparse(directory.resolve("disk.img"), 16 * Images.MEBIBYTE))
                .withQueues(2);
        try (BackendProcess backend = BackendProcess.serve("cycles", List.of("--transport=" + transport), disk)) {
            run(disk.socket(), 0, WARM_UP);
            ProcessState before = settled(backend.pid());
            long begin = System.nanoTime();
            run(disk.socket(), WARM_UP, times);
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
            ProcessState after = settled(backend.pid());
            run(disk.socket(), WARM_UP + times, times);
            ProcessState afterMore = settled(backend.pid());
            report(transport, times, seconds, before, after);
            assertThat(after.descriptors()).as("descriptors").isEqualTo(before.descriptors());
            assertThat(after.threads()).as("threads").isEqualTo(before.threads());
            assertThat(after.guestMappings()).as("guest mappings").isEqualTo(before.guestMappings()).isZero();
            assertThat(after.mappings()).as("mappings").isLessThanOrEqualTo(before.mappings() + MAPPINGS_MORE);
            // The heap and the compiler's memory may take one step at any time; what leaks does so each time.
            assertThat(Math.min(after.residentKilobytes() - before.residentKilobytes(), afterMore.residentKilobytes()
                    - after.residentKilobytes())).as("KiB more for as many front-ends, each time")
                    .isLessThanOrEqualTo(KILOBYTES_MORE);
            assertThat(backend.stop().exitStatus()).isZero();
        }
    }

    private static void run(Path socket, int first, int count) throws IOException {
        for (int i = first; i < first + count; i++) {
            try {
                FrontendCycle.of(i).run(socket, i);
            } catch (IOException | AssertionError e) {
                throw new AssertionError("cycle " + i + ", " + FrontendCycle.of(i), e);
            }
        }
    }

    /**
     * When it changes no more: a compiler thread, for instance, holds memory while it compiles, and that of the last
     * front-end's worker goes when its thread has ended.
     */
    private static ProcessState settled(long pid) throws Exception {
        long begin = System.nanoTime();
        ProcessState state = collected(pid);
        while (System.nanoTime() - begin < SETTLE_LIMIT.toNanos()) {
            LockSupport.parkNanos(SETTLE_PAUSE.toNanos());
            ProcessState next = collected(pid);
            boolean settled = next.holdsTheSameAs(state)
                    && Math.abs(next.residentKilobytes() - state.residentKilobytes()) < SETTLED_KILOBYTES;
            state = next;
            if (settled) {
                break;
            }
        }
        return state;
    }

    /** Without what only waits to be collected. */
    private static ProcessState collected(long pid) throws Exception {
        for (String command : List.of("GC.run", "System.trim_native_heap")) {
            Host.run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(pid), command);
        }
        return ProcessState.of(pid);
    }

    private static void report(String transport, int times, long seconds, ProcessState before, ProcessState after)
            throws IOException {
        Path report = Host.ROOT.resolve("target/soak/cycles.txt");
        Files.createDirectories(report.getParent());
        Files.writeString(report, String.format(Locale.ROOT, "%s, %d front-ends in %d s%n  before: %s%n  after:  %s%n",
                transport, times, seconds, before.describe(), after.describe()), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
