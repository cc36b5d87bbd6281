package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a back-end says of its own accord: codes and layouts of the vhost-user specification. */
@LeavesNothing
class BackendRequestsTest {
    private static final int SET_BACKEND_REQ_FD = 21;
    private static final int CONFIG_CHANGE_MSG = 2;
    private static final int VRING_CALL = 4;
    private static final int VERSION = 1;

    private UnixSocket theirs;
    private BackendRequests requests;

    @BeforeEach
    void open() throws LinuxException {
        List<UnixSocket> pair = UnixSocket.pair();
        theirs = pair.get(0);
        requests = BackendRequests.over(pair.get(1));
    }

    @AfterEach
    void close() {
        theirs.close();
        requests.close();
    }

    private void send(int code, int flags, byte[] payload, OwnedFd... fds) throws LinuxException {
        ByteBuffer message = FakeBackend.payload(12 + payload.length);
        message.putInt(code).putInt(flags).putInt(payload.length).put(payload);
        theirs.send(message.array(), List.of(fds));
    }

    @Test
    void theBackendGetsASocket() throws IOException {
        try (FakeBackend backend = new FakeBackend(); Frontend frontend = backend.connect(0, FakeBackend.BACKEND_REQ)) {
            try (BackendRequests opened = frontend.openBackendRequests().orElseThrow()) {
                FakeBackend.Message message = backend.next();
                assertThat(message.code()).isEqualTo(SET_BACKEND_REQ_FD);
                assertThat(message.payload()).isEmpty();
                assertThat(message.descriptors()).isEqualTo(1);
                assertThat(opened.takeConfigurationChange()).isFalse();
            }
        }
    }

    @Test
    void oneWithoutRequestsGetsNone() throws IOException {
        try (FakeBackend backend = new FakeBackend(); Frontend frontend = backend.connect(0, 0)) {
            assertThat(frontend.openBackendRequests()).isEmpty();
        }
    }

    @Test
    void aChangeIsSeenOnce() throws IOException {
        assertThat(requests.takeConfigurationChange()).isFalse();
        send(CONFIG_CHANGE_MSG, VERSION, new byte[0]);
        send(CONFIG_CHANGE_MSG, VERSION, new byte[0]);
        assertThat(requests.takeConfigurationChange()).isTrue();
        assertThat(requests.takeConfigurationChange()).isFalse();
    }

    @Test
    void whatIsNotKnownIsRefusedIfItIsToBeAnswered() throws IOException {
        try (OwnedFd fd = EventFd.create()) {
            send(VRING_CALL, VERSION, new byte[8], fd);
            send(VRING_CALL, VERSION | 8, new byte[8], fd);
            send(CONFIG_CHANGE_MSG, VERSION | 8, new byte[0]);
        }
        assertThat(requests.takeConfigurationChange()).isTrue();
        assertThat(answer()).containsExactly(VRING_CALL, 5, 8, 1, 0);
        assertThat(answer()).containsExactly(CONFIG_CHANGE_MSG, 5, 8, 0, 0);
    }

    private List<Integer> answer() throws LinuxException {
        byte[] bytes = new byte[20];
        assertThat(theirs.receive(bytes, 0, bytes.length, new ArrayList<>())).isEqualTo(bytes.length);
        List<Integer> words = new ArrayList<>();
        ByteBuffer message = FakeBackend.payload(20).put(bytes).flip();
        while (message.hasRemaining()) {
            words.add(message.getInt());
        }
        return words;
    }

    @Test
    void anEndAndNonsenseAreErrors() throws IOException {
        send(CONFIG_CHANGE_MSG, 2, new byte[0]);
        assertThatThrownBy(() -> requests.takeConfigurationChange()).isInstanceOf(BackendException.class)
                .hasMessageContaining("flags 0x2");
        theirs.close();
        assertThatThrownBy(() -> requests.takeConfigurationChange()).isInstanceOf(BackendException.class)
                .hasMessageContaining("closed");
    }
}
