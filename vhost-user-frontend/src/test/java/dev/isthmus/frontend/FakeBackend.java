package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HalfClose;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The other end of a front-end's connection. What it will answer is sent before it is asked, so that no thread is
 * needed; what it was asked is read afterwards. Bytes are written down from the tables of the vhost-user specification.
 */
final class FakeBackend implements AutoCloseable {
    static final int GET_FEATURES = 1;
    static final int SET_FEATURES = 2;
    static final int SET_OWNER = 3;
    static final int SET_MEM_TABLE = 5;
    static final int SET_VRING_NUM = 8;
    static final int SET_VRING_ADDR = 9;
    static final int SET_VRING_BASE = 10;
    static final int GET_VRING_BASE = 11;
    static final int SET_VRING_KICK = 12;
    static final int SET_VRING_CALL = 13;
    static final int SET_VRING_ERR = 14;
    static final int GET_PROTOCOL_FEATURES = 15;
    static final int SET_PROTOCOL_FEATURES = 16;
    static final int GET_QUEUE_NUM = 17;
    static final int SET_VRING_ENABLE = 18;
    static final int GET_CONFIG = 24;
    static final int SET_CONFIG = 25;
    static final int ADD_MEM_REG = 37;

    static final long PROTOCOL_FEATURES = 1L << 30;
    static final long MQ = 1;
    static final long REPLY_ACK = 1 << 3;
    static final long BACKEND_REQ = 1 << 5;
    static final long CONFIG = 1 << 9;
    static final long CONFIGURE_MEM_SLOTS = 1 << 15;

    /** Version 1 and the reply bit. */
    static final int REPLY = 5;
    static final int NEED_REPLY = 9;
    static final int NO_REPLY_NEEDED = 1;

    private final UnixSocket here;
    private final UnixSocket there;
    private final List<OwnedFd> fds = new ArrayList<>();

    /** A request as it came. */
    record Message(int code, int flags, byte[] payload, int descriptors) {
        long u64(int at) {
            return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
        }

        int u32(int at) {
            return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        }
    }

    FakeBackend() throws LinuxException {
        List<UnixSocket> pair = UnixSocket.pair();
        this.here = pair.get(0);
        this.there = pair.get(1);
    }

    /** Whatever the back-end offers; the front-end has introduced itself then, and that has been read. */
    Frontend connect(long features, long protocolFeatures) throws IOException {
        replyU64(GET_FEATURES, features | PROTOCOL_FEATURES);
        replyU64(GET_PROTOCOL_FEATURES, protocolFeatures);
        if ((protocolFeatures & REPLY_ACK) != 0) {
            replyU64(SET_OWNER, 0);
        }
        if ((protocolFeatures & MQ) != 0) {
            replyU64(GET_QUEUE_NUM, 4);
        }
        Frontend frontend = Frontend.over(there, Duration.ofSeconds(20));
        assertThat(next().code()).isEqualTo(GET_FEATURES);
        assertThat(next().code()).isEqualTo(GET_PROTOCOL_FEATURES);
        assertThat(next().code()).isEqualTo(SET_PROTOCOL_FEATURES);
        assertThat(next().code()).isEqualTo(SET_OWNER);
        if ((protocolFeatures & MQ) != 0) {
            assertThat(next().code()).isEqualTo(GET_QUEUE_NUM);
        }
        return frontend;
    }

    /** The front-end's end, for one that is not introduced yet; it takes it over. */
    UnixSocket there() {
        return there;
    }

    void replyU64(int code, long value) throws LinuxException {
        reply(code, payload(8).putLong(value).array());
    }

    void reply(int code, byte[] payload) throws LinuxException {
        send(code, REPLY, payload.length, payload);
    }

    void send(int code, int flags, int size, byte[] payload, OwnedFd... with) throws LinuxException {
        here.send(payload(12 + payload.length).putInt(code).putInt(flags).putInt(size).put(payload).array(),
                List.of(with));
    }

    void sendBytes(byte[] bytes) throws LinuxException {
        here.send(bytes, List.of());
    }

    static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The front-end's next request. */
    Message next() throws LinuxException {
        int before = fds.size();
        ByteBuffer header = ByteBuffer.wrap(read(12)).order(ByteOrder.LITTLE_ENDIAN);
        int code = header.getInt();
        int flags = header.getInt();
        byte[] payload = read(header.getInt());
        return new Message(code, flags, payload, fds.size() - before);
    }

    private byte[] read(int length) throws LinuxException {
        byte[] bytes = new byte[length];
        int filled = 0;
        while (filled < length) {
            int received = here.receive(bytes, filled, length - filled, fds);
            if (received == 0) {
                throw new AssertionError("the front-end closed the connection");
            }
            filled += received;
        }
        return bytes;
    }

    /** No more answers; requests can still be sent. */
    void sayNoMore() throws LinuxException {
        HalfClose.sending(here);
    }

    /** The front-end cannot even send. */
    void hangUp() {
        here.shutdown();
    }

    @Override
    public void close() {
        fds.forEach(OwnedFd::close);
        here.close();
        there.close();
    }
}
