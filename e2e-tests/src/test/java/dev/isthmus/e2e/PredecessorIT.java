package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A back-end is killed while the kernel has a write of it that cannot end, and successors are started: none of them
 * touches the image before that write has left the kernel.
 */
@Tag("recovery")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PredecessorIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int IMAGE_BYTES = 1 << 20;

    /** VIRTIO_F_VERSION_1. */
    private static final long FEATURES = 1L << 32;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}, direct {1}")
    @CsvSource({"epoll, false", "io_uring, true"})
    void successorsWaitUntilItsRequestsHaveLeftTheKernel(String transport, boolean direct) throws Exception {
        List<String> options = List.of("--transport=" + transport);
        try (FreezableDisk below = FreezableDisk.mount(directory.resolve("fs"), 64 * Images.MEBIBYTE)) {
            Path image = Files.write(below.directory().resolve("disk.img"), new byte[IMAGE_BYTES]);
            Disk same = Disk.of("same", directory, image).withDirect(direct);
            Disk other = Disk.of("other", directory, image).withDirect(direct);
            BackendProcess killed = BackendProcess.serve("predecessor", options, same);
            try (BackendProcess elsewhere = BackendProcess.serve("successor-elsewhere", options, other)) {
                FreezableDisk.Hang hang = leaveAWriteBehind(killed, below);
                assertThatThrownBy(() -> write(other.socket(), 2)).isInstanceOf(IOException.class);
                elsewhere.awaitLog("management listens");
                assertThat(elsewhere.management().metric("isthmus_device_start_failures_total")).isOne();
                assertThat(elsewhere.log()).contains("is being written by another process");
                try (BackendProcess here = BackendProcess.launch("successor-here", options, same)) {
                    here.awaitLog("socket " + same.socket() + " is served by another process; waits for its end");
                    hang.close();
                    here.awaitLog("same: listening on"); // the dying process is in the list of those that listen, too
                    write(same.socket(), 3);
                    assertThat(here.stop().exitStatus()).isZero();
                }
                write(other.socket(), 4);
                assertThat(elsewhere.management().metric("isthmus_device_healthy")).isOne();
                assertThat(elsewhere.stop().exitStatus()).isZero();
            } finally {
                killed.kill();
            }
        }
    }

    /** When this returns the process has been killed and has a thread that waits for the disk. */
    private static FreezableDisk.Hang leaveAWriteBehind(BackendProcess backend, FreezableDisk below) throws Exception {
        var hang = new AtomicReference<FreezableDisk.Hang>();
        withDisk(backend.socket(), requests -> {
            requests.write(0, 1);
            hang.set(hang(below));
            requests.offerWrite(0, 2);
            long begin = System.nanoTime();
            while (!isStuck(backend.pid())) {
                assertThat(System.nanoTime() - begin).as("the write gets stuck").isLessThan(TIMEOUT.toNanos());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            backend.kill();
        });
        assertThat(isStuck(backend.pid())).isTrue();
        return hang.get();
    }

    private static FreezableDisk.Hang hang(FreezableDisk below) throws IOException {
        try {
            return below.hang();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** proc(5), stat, of a thread that does I/O: the state comes after the name. D: waits, and no signal ends it. */
    private static final Pattern STUCK = Pattern.compile("\\((store-|vring-|iou-wrk).*\\) D ");

    private static boolean isStuck(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.anyMatch(task -> {
                try {
                    return STUCK.matcher(Files.readString(task.resolve("stat"))).find();
                } catch (IOException e) {
                    return false; // has ended
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path socket, long value) throws IOException {
        withDisk(socket, requests -> {
            requests.write(0, value);
            assertThat(requests.read(0)).isEqualTo(value);
        });
    }

    private interface Use {
        void of(BlkRequests requests) throws IOException;
    }

    private static void withDisk(Path socket, Use use) throws IOException {
        try (OwnedFd call = EventFd.createBlocking(); SharedMemory memory = SharedMemory.allocate(1 << 17);
                Frontend frontend = Frontend.connect(socket, TIMEOUT)) {
            frontend.negotiate(FEATURES);
            frontend.share(memory);
            var queue = SplitDriverVirtqueue.create(memory, 16, FEATURES, 0, 4);
            try (FrontendVring vring = frontend.start(0, queue, call)) {
                use.of(new BlkRequests(queue, vring, memory, call));
            }
        }
    }
}
