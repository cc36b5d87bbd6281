package dev.isthmus.frontend;

import static dev.isthmus.frontend.FakeBackend.CONFIG;
import static dev.isthmus.frontend.FakeBackend.GET_CONFIG;
import static dev.isthmus.frontend.FakeBackend.GET_FEATURES;
import static dev.isthmus.frontend.FakeBackend.GET_VRING_BASE;
import static dev.isthmus.frontend.FakeBackend.REPLY;
import static dev.isthmus.frontend.FakeBackend.REPLY_ACK;
import static dev.isthmus.frontend.FakeBackend.SET_FEATURES;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_BASE;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_NUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A back-end that answers something else, or nothing: one exception that says what, and no descriptor left. */
class HostileBackendTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofSeconds(20);

    private ProcessResources before;
    private FakeBackend backend;

    @BeforeEach
    void open() throws LinuxException {
        before = ProcessResources.now();
        backend = new FakeBackend();
    }

    @AfterEach
    void nothingIsLeft() {
        backend.close();
        before.expectAgain();
    }

    private void expectRefused(String message) {
        assertThatThrownBy(() -> Frontend.over(backend.there(), LONG)).isInstanceOf(BackendException.class)
                .hasMessage(message);
    }

    @Test
    void silenceEnds() {
        assertThatThrownBy(() -> Frontend.over(backend.there(), SHORT)).isInstanceOf(BackendException.class)
                .hasMessage("no reply to GET_FEATURES within 30 ms");
    }

    @Test
    void silenceInsideAReplyEnds() throws LinuxException {
        backend.send(GET_FEATURES, REPLY, 8, new byte[7]);
        assertThatThrownBy(() -> Frontend.over(backend.there(), SHORT)).isInstanceOf(BackendException.class)
                .hasMessage("no reply to GET_FEATURES within 30 ms");
    }

    @Test
    void hangingUpIsNoticed() {
        backend.hangUp();
        assertThatThrownBy(() -> Frontend.over(backend.there(), LONG)).isInstanceOf(IOException.class);
    }

    @Test
    void hangingUpInsideAReplyIsNoticed() throws IOException {
        try (Frontend frontend = backend.connect(0, CONFIG)) {
            assertThat(frontend.isGone()).isFalse();
            backend.send(GET_CONFIG, REPLY, 16, new byte[3]);
            backend.sayNoMore();
            assertThatThrownBy(() -> frontend.configuration(0, 4)).isInstanceOf(BackendException.class)
                    .hasMessage("the back-end closed the connection instead of answering GET_CONFIG");
            assertThat(frontend.isGone()).isTrue();
        }
    }

    @Test
    void aReplyToSomethingElseIsRefused() throws LinuxException {
        backend.replyU64(SET_FEATURES, 0);
        expectRefused("the back-end's reply to GET_FEATURES has code 2, must be 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 6, 7})
    void aReplyIsAReplyOfVersion1(int flags) throws LinuxException {
        backend.send(GET_FEATURES, flags, 8, new byte[8]);
        expectRefused("the back-end's reply to GET_FEATURES has flags 0x" + flags
                + ", must be a reply of version 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 7, 9, 268})
    void aReplyHasItsSize(int size) throws LinuxException {
        backend.send(GET_FEATURES, REPLY, size, new byte[size]);
        expectRefused("the back-end's reply to GET_FEATURES has a payload of " + size + " bytes, must be 8");
    }

    @ParameterizedTest
    @ValueSource(longs = {269, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL})
    void aReplyDoesNotMakeUsAllocate(long size) throws LinuxException {
        backend.send(GET_FEATURES, REPLY, (int) size, new byte[0]);
        expectRefused("the back-end's reply to GET_FEATURES has a payload of " + size
                + " bytes, no reply has more than 268");
    }

    @Test
    void aReplyBringsNoDescriptors() throws LinuxException {
        try (OwnedFd fd = EventFd.create()) {
            backend.send(GET_FEATURES, REPLY, 8, new byte[8], fd, fd);
            expectRefused("the back-end's reply to GET_FEATURES has 2 descriptors, must have none");
        }
    }

    @Test
    void whatIsNotAcknowledgedWithZeroIsRefused() throws IOException {
        try (Frontend frontend = backend.connect(0, REPLY_ACK)) {
            backend.replyU64(SET_FEATURES, 1);
            assertThatThrownBy(() -> frontend.negotiate(0)).isInstanceOf(BackendException.class)
                    .hasMessage("the back-end refuses SET_FEATURES (acknowledged with 1)");
        }
    }

    @Test
    void aFailedConnectionStaysFailed() throws IOException {
        try (Frontend frontend = backend.connect(0, CONFIG)) {
            backend.replyU64(SET_FEATURES, 1);
            assertThatThrownBy(() -> frontend.configuration(0, 8)).isInstanceOf(BackendException.class);
            assertThatThrownBy(() -> frontend.negotiate(0)).isInstanceOf(BackendException.class)
                    .hasMessage("no SET_FEATURES: the connection has failed before");
        }
    }

    @Test
    void aConfigurationSpaceThatIsNotThereIsNoBrokenConnection() throws IOException {
        try (Frontend frontend = backend.connect(0, CONFIG)) {
            backend.reply(GET_CONFIG, new byte[0]);
            backend.reply(GET_CONFIG, new byte[16]);
            assertThatThrownBy(() -> frontend.configuration(60, 4)).isInstanceOf(BackendException.class)
                    .hasMessage("the back-end has no configuration space of 4 bytes at 60");
            assertThat(frontend.configuration(0, 4)).hasSize(4);
        }
    }

    @Test
    void withoutConfigNothingIsAsked() throws IOException {
        try (Frontend frontend = backend.connect(0, 0)) {
            assertThatThrownBy(() -> frontend.configuration(0, 4)).isInstanceOf(BackendException.class)
                    .hasMessage("the back-end does not offer its configuration space");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0000_0000_0000_0001L, 0x0001_0000_0000_0000L, 0xffff_ffff_0000_0000L})
    void anImpossibleBaseIsRefused(long indexAndBase) throws IOException {
        try (Frontend frontend = backend.connect(0, 0);
                SharedMemory memory = SharedMemory.allocate(1 << 16);
                OwnedFd call = EventFd.create()) {
            backend.replyU64(GET_FEATURES, 0);
            backend.replyU64(GET_VRING_BASE, indexAndBase);
            try (FrontendVring vring = frontend.start(0, SplitDriverVirtqueue.create(memory, 8, 0), call)) {
                assertThatThrownBy(vring::stop).isInstanceOf(BackendException.class)
                        .hasMessageStartingWith("the back-end's reply to GET_VRING_BASE for queue 0 says queue ");
            }
        }
    }

    @Test
    void aVringThatIsRefusedLeavesNoDescriptors() throws IOException {
        try (Frontend frontend = backend.connect(0, REPLY_ACK);
                SharedMemory memory = SharedMemory.allocate(1 << 16);
                OwnedFd call = EventFd.create()) {
            ProcessResources connected = ProcessResources.now();
            backend.replyU64(SET_VRING_NUM, 0);
            backend.replyU64(SET_VRING_BASE, 22);
            assertThatThrownBy(() -> frontend.start(0, SplitDriverVirtqueue.create(memory, 8, 0), call))
                    .hasMessage("the back-end refuses SET_VRING_BASE (acknowledged with 22)");
            connected.expectAgain();
        }
    }

    /** Whatever bytes come instead of answers: an IOException or a front-end, and nothing left. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void garbageIsAnException(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            try (FakeBackend garbling = new FakeBackend()) {
                byte[] bytes = new byte[random.nextInt(100)];
                random.nextBytes(bytes);
                if (bytes.length > 20 && random.nextBoolean()) {
                    // A header that is right, so that more than headers is tried.
                    System.arraycopy(new byte[] {1, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0}, 0, bytes, 0, 12);
                }
                garbling.sendBytes(bytes);
                garbling.hangUp();
                assertThatThrownBy(() -> Frontend.over(garbling.there(), LONG)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aListenerThatAcceptsNobodyEndsTheWait(@TempDir Path directory) throws LinuxException {
        Path socket = directory.resolve("socket");
        List<UnixSocket> waiting = new ArrayList<>();
        try (UnixListener listener = UnixListener.bind(socket.toString())) {
            assertThat(UnixListener.isListening(listener.fd())).isTrue();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1000; i++) {
                    waiting.add(UnixSocket.connect(socket.toString(), 30));
                }
            }).isInstanceOf(LinuxException.class).hasMessageContaining("Resource temporarily unavailable");
        } finally {
            waiting.forEach(UnixSocket::close);
        }
    }
}
