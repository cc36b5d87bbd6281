package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.loop.Transport;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeDisk;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.FakeFrontend.Style;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The front-end listens, and the device's server connects to it. */
@LeavesNothing
@Clause("vhost-user, Introduction")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientRoleTest {
    @TempDir
    Path directory;

    private final RecordingDevice device = new RecordingDevice("client", 1);

    private Path path() {
        return directory.resolve("frontend");
    }

    private DeviceServer serve() throws IOException {
        return DeviceServer.start(device, new Endpoint.Client(path().toString()),
                new WorkerOptions(1, 0, List.of(), Transport.AUTO), false, new RingWatchdog());
    }

    private UnixListener listen() throws IOException {
        Files.deleteIfExists(path());
        return UnixListener.bind(path().toString());
    }

    private static FakeFrontend frontend(UnixListener listener) throws LinuxException {
        return FakeFrontend.over(listener.accept(), Style.QEMU).negotiate(Code.EVENT_IDX).shareRam();
    }

    private static void expectIo(FakeFrontend frontend) throws LinuxException {
        assertThat(frontend.startDisk(0, 8).read(0, 512).status()).isZero();
    }

    @Test
    void connectsToAFrontendThatListensAlready() throws IOException {
        try (UnixListener listener = listen(); DeviceServer server = serve();
                FakeFrontend frontend = frontend(listener)) {
            expectIo(frontend);
            assertThat(server.state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(server.counters().connectFailures()).isZero();
        }
    }

    @Test
    void waitsForAFrontendThatStartsLater() throws IOException {
        try (DeviceServer server = serve()) {
            Waiting.until("it has tried", () -> server.counters().connectFailures() > 0);
            assertThat(server.state()).isEqualTo(ConnectionState.CONNECTING);
            try (UnixListener listener = listen(); FakeFrontend frontend = frontend(listener)) {
                expectIo(frontend);
            }
        }
    }

    @Test
    void takesAStaleSocketForAFrontendThatIsNotThereYet() throws IOException {
        listen().close();
        try (DeviceServer server = serve()) {
            Waiting.until("it has tried", () -> server.counters().connectFailures() > 0);
            assertThat(path()).as("which is not ours").exists();
            try (UnixListener listener = listen(); FakeFrontend frontend = frontend(listener)) {
                expectIo(frontend);
            }
        }
    }

    @Test
    void connectsAgainWhenTheFrontendHasComeBack() throws IOException {
        try (DeviceServer server = serve()) {
            for (int life = 1; life <= 3; life++) {
                long failures = server.counters().connectFailures();
                Waiting.until("it has tried", () -> server.counters().connectFailures() > failures);
                try (UnixListener listener = listen(); FakeFrontend frontend = frontend(listener)) {
                    expectIo(frontend);
                    assertThat(server.counters().connections()).isEqualTo(life);
                }
                Waiting.until("it is gone", () -> server.state() == ConnectionState.CONNECTING);
            }
        }
    }

    @Test
    void connectsAgainToAFrontendThatDroppedTheConnectionAndListensOn() throws IOException {
        try (UnixListener listener = listen(); DeviceServer server = serve()) {
            for (int life = 0; life < 3; life++) {
                try (FakeFrontend frontend = frontend(listener)) {
                    expectIo(frontend);
                }
            }
            assertThat(server.counters().connectFailures()).isZero();
        }
    }

    @Test
    void doesNotConnectBeforeTheLastRequestOfTheLastFrontendIsDone() throws IOException {
        try (UnixListener listener = listen(); DeviceServer server = serve()) {
            device.holding(true);
            try (FakeFrontend first = frontend(listener)) {
                FakeDisk disk = first.startDisk(0, 8);
                disk.submitRead(0, FakeDisk.SECTOR);
                Waiting.until("it is in flight", () -> device.heldCount() == 1);
            }
            Waiting.aMoment();
            assertThat(server.counters().connections()).isOne();
            device.holding(false);
            device.release();
            try (FakeFrontend second = frontend(listener)) {
                expectIo(second);
            }
        }
    }

    @Test
    void closingWhileItWaitsForAFrontendEndsAtOnce() throws IOException {
        DeviceServer server = serve();
        Waiting.until("it has tried", () -> server.counters().connectFailures() > 0);
        server.close();
        assertThat(server.state()).isEqualTo(ConnectionState.ENDED);
    }

    @Test
    void closingLeavesTheFrontendsSocketAlone() throws IOException {
        try (UnixListener listener = listen()) {
            DeviceServer server = serve();
            FakeFrontend frontend = frontend(listener);
            server.close();
            assertThat(frontend.isClosedByPeer()).isTrue();
            frontend.close();
            assertThat(path()).exists();
            assertThat(directory.resolve("frontend.lock")).doesNotExist();
        }
    }

    @Test
    void pausesGrowFromATenthOfASecondToASecond() {
        assertThat(ConnectingSource.nextPauseMillis(0)).isEqualTo(100);
        assertThat(ConnectingSource.nextPauseMillis(100)).isEqualTo(200);
        assertThat(ConnectingSource.nextPauseMillis(800)).isEqualTo(1000);
        assertThat(ConnectingSource.nextPauseMillis(1000)).isEqualTo(1000);
    }
}
