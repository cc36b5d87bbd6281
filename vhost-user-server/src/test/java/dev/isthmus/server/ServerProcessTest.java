package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.Transport;
import dev.isthmus.vhostuser.FakeDisk;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerProcessTest {
    @TempDir
    Path directory;

    @Test
    void endsWellWhenEverythingDid() {
        var closed = new AtomicInteger();
        var process = new ServerProcess();
        process.companion(closed::incrementAndGet);
        process.companion(closed::incrementAndGet);

        assertThat(process.end()).isZero();
        assertThat(closed).hasValue(2);
    }

    @Test
    void endsWithStatusOneWhenSomethingDidNotEndWell() {
        var closed = new AtomicInteger();
        var process = new ServerProcess();
        process.companion(() -> {
            throw new IOException("no");
        });
        process.companion(closed::incrementAndGet);

        assertThat(process.end()).isEqualTo(1);
        assertThat(closed).as("the others are closed all the same").hasValue(1);
    }

    /** Both are asked to end at the same time, so that the one that can is flushed. */
    @Test
    void diskThatHangsIsGivenUpAfterAWhileAndKeepsNoNeighbourFromEnding() throws IOException {
        var process = new ServerProcess(Duration.ofMillis(200));
        var hangs = new RecordingDevice("hangs", 1);
        var neighbour = new RecordingDevice("neighbour", 1);
        serve(process, hangs);
        serve(process, neighbour);
        try (FakeFrontend a = connect(hangs); FakeFrontend b = connect(neighbour)) {
            b.startDisk(0, 8).read(0, FakeDisk.SECTOR);
            hangs.holding(true);
            a.startDisk(0, 8).submitRead(0, FakeDisk.SECTOR);
            Waiting.until("it is in flight", () -> hangs.heldCount() == 1);

            assertThat(process.end()).isEqualTo(1);

            assertThat(neighbour.events).containsExactly("start", "open 0", "close 0", "stop");
            assertThat(hangs.events).as("nothing was given up that the kernel has").containsExactly("start", "open 0");
            hangs.release();
        }
    }

    private void serve(ServerProcess process, RecordingDevice device) throws IOException {
        var workers = new WorkerOptions(1, 0, List.of(), Transport.AUTO);
        process.start(watchdog -> DeviceServer.start(device, new Endpoint.Path(socket(device).toString()), workers,
                false, watchdog));
    }

    private Path socket(RecordingDevice device) {
        return directory.resolve(device.name());
    }

    private FakeFrontend connect(RecordingDevice device) throws LinuxException {
        return FakeFrontend.connect(socket(device), FakeFrontend.Style.QEMU).negotiate(0).shareRam();
    }

    @Test
    void processWithoutDevicesHasNothingToWaitFor() {
        new ServerProcess().awaitEnd();
    }

    @Test
    void truncatedGuestMemoryIsNoFailureOfOurs() {
        var counters = new DeviceCounters(1);

        counters.countWorkerFailure(new InternalError("a fault occurred in an unsafe memory access operation"));
        assertThat(counters.lostMemory()).isEqualTo(1);
        assertThat(counters.failures()).isZero();

        counters.countWorkerFailure(new IllegalStateException());
        assertThat(counters.failures()).isEqualTo(1);
    }
}
