package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.loop.Transport;
import dev.isthmus.vhostuser.Code;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where front-ends come from: socket files, stale or live, and inherited descriptors. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndpointTest {
    private static final RingWatchdog WATCHDOG = new RingWatchdog();

    @TempDir
    Path directory;

    private DeviceServer serve(Endpoint endpoint) throws IOException {
        return DeviceServer.start(new RecordingDevice("endpoint", 1), endpoint, new WorkerOptions(1, 0, List.of(),
                Transport.AUTO),
                false, WATCHDOG);
    }

    private Path path() {
        return directory.resolve("s");
    }

    private DeviceServer serve() throws IOException {
        return serve(new Endpoint.Path(path().toString()));
    }

    private static void expectIo(FakeFrontend frontend) throws LinuxException {
        assertThat(frontend.negotiate(Code.EVENT_IDX).shareRam().startDisk(0, 8).read(0, 512).status()).isZero();
    }

    private void expectIo() throws LinuxException {
        try (FakeFrontend frontend = FakeFrontend.connect(path(), Style.QEMU)) {
            expectIo(frontend);
        }
    }

    @Test
    void staleSocketFileIsReplaced() throws IOException {
        UnixListener.bind(path().toString()).close();
        assertThat(path()).exists();
        try (DeviceServer server = serve()) {
            expectIo();
            assertThat(server.counters().connections()).isOne();
        }
        assertThat(path()).doesNotExist();
    }

    @Test
    void liveSocketOfOursIsNeverReplaced() throws IOException {
        try (DeviceServer server = serve()) {
            assertThatThrownBy(this::serve).isInstanceOf(IOException.class)
                    .hasMessage("socket " + path() + " is served by another process");
            expectIo();
            assertThat(server.counters().connections()).isOne();
        }
    }

    @Test
    void liveSocketOfAStrangerIsNeverReplaced() throws IOException {
        try (UnixListener stranger = UnixListener.bind(path().toString())) {
            assertThatThrownBy(this::serve).isInstanceOf(IOException.class)
                    .hasMessage("socket " + path() + " is served by another process");
            assertThat(path()).exists();
            assertThat(UnixListener.isListening(stranger.fd())).isTrue();
        }
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws IOException {
        Files.writeString(path(), "an image, say");
        assertThatThrownBy(this::serve).isInstanceOf(IOException.class).hasMessageContaining("is no socket");
        assertThat(path()).hasContent("an image, say");
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere", "/dev/null"})
    void linkIsNeitherFollowedNorReplaced(String target) throws IOException {
        Files.createSymbolicLink(path(), directory.resolve(target));
        assertThatThrownBy(this::serve).isInstanceOf(IOException.class).hasMessageContaining("is no socket");
        assertThat(Files.isSymbolicLink(path())).isTrue();
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void namedPipeIsNotReplaced() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path().toString()).start().waitFor()).isZero();
        assertThatThrownBy(this::serve).isInstanceOf(IOException.class).hasMessageContaining("is no socket");
        assertThat(path()).exists();
    }

    @Test
    void refusedPlacesLeakNothing() throws IOException {
        ProcessResources before = ProcessResources.now();
        for (String name : List.of("x".repeat(120), "no/such/directory")) {
            assertThatThrownBy(() -> serve(new Endpoint.Path(directory.resolve(name).toString())))
                    .isInstanceOf(IOException.class).hasMessageNotContaining("\n");
        }
        before.expectAgain();
    }

    @Test
    void socketIsServedAgainAfterItWasClosed() throws IOException {
        for (int i = 0; i < 5; i++) {
            DeviceServer server = serve();
            expectIo();
            server.close();
            assertThat(path()).doesNotExist();
        }
    }

    @Test
    void closingAgainOrAfterTheEndIsHarmless() throws IOException {
        DeviceServer server = serve();
        server.close();
        server.close();
        assertThat(server.state()).isEqualTo(ConnectionState.ENDED);
    }

    @Test
    void closingWhileAFrontendGoesAwayIsHarmless() throws IOException {
        ProcessResources before = ProcessResources.now();
        for (int i = 0; i < 100; i++) {
            DeviceServer server = serve();
            FakeFrontend frontend = FakeFrontend.connect(path(), Style.QEMU);
            frontend.askU64(Code.GET_FEATURES);
            Thread leaving = Thread.ofPlatform().start(frontend::close);
            server.close();
            Waiting.until("it has left", () -> !leaving.isAlive());
        }
        before.expectAgain();
    }

    @Test
    void inheritedListeningSocketServesOneFrontendAfterTheOther() throws IOException {
        ProcessResources before = ProcessResources.now();
        try (UnixListener listener = UnixListener.bind(path().toString())) {
            OwnedFd inherited = listener.fd().duplicate();
            try (DeviceServer server = serve(new Endpoint.Inherited(inherited.number()))) {
                expectIo();
                expectIo();
                assertThat(server.state()).isNotEqualTo(ConnectionState.ENDED);
            }
            assertThat(path()).as("who bound it removes it").exists();
        }
        before.expectAgain();
    }

    @Test
    void inheritedConnectionIsServedAndThenTheServerEnds() throws IOException {
        ProcessResources before = ProcessResources.now();
        List<UnixSocket> pair = UnixSocket.pair();
        OwnedFd inherited = pair.get(1).fd().duplicate();
        pair.get(1).close();
        try (DeviceServer server = serve(new Endpoint.Inherited(inherited.number()))) {
            try (FakeFrontend frontend = FakeFrontend.over(pair.get(0), Style.LIBBLKIO)) {
                expectIo(frontend);
                assertThat(server.state()).isEqualTo(ConnectionState.CONNECTED);
            }
            Waiting.until("the server has ended", () -> server.ended().isDone());
        }
        before.expectAgain();
    }

    @Test
    void inheritedDescriptorThatIsNoSocketIsRefused() throws IOException {
        OwnedFd event = EventFd.create();
        int number = event.number();
        assertThatThrownBy(() -> serve(new Endpoint.Inherited(number))).isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        event.close();
    }
}
