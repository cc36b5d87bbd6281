package dev.isthmus.frontend;

import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.FrontendRequest;
import dev.isthmus.vhostuser.HeaderLayout;
import dev.isthmus.vhostuser.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests and receives replies, one after the other. One thread uses it. A back-end that does not answer in time
 * or answers something else ends it: everything later fails too.
 */
final class BackendConnection implements AutoCloseable {
    private final UnixSocket socket;
    private final Duration timeout;
    private boolean acknowledged;
    private boolean broken;

    /** Takes over the socket. */
    BackendConnection(UnixSocket socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /** REPLY_ACK is negotiated: from now on every request that has no reply of its own is acknowledged. */
    void acknowledge() {
        acknowledged = true;
    }

    boolean isAcknowledged() {
        return acknowledged;
    }

    /** Sends a request without a reply of its own; the descriptors stay the caller's. */
    void tell(FrontendRequest request, byte[] payload, OwnedFd... fds) throws IOException {
        send(request, payload, acknowledged, fds);
        if (acknowledged) {
            long refused = u64(request, receive(request));
            if (refused != 0) {
                throw new BackendException("the back-end refuses " + request + " (acknowledged with " + refused + ")");
            }
        }
    }

    /** Sends a request and returns the payload of its reply. */
    byte[] ask(FrontendRequest request, byte[] payload) throws IOException {
        send(request, payload, false);
        return receive(request);
    }

    long askU64(FrontendRequest request) throws IOException {
        return u64(request, ask(request, RequestEncoder.nothing()));
    }

    private long u64(FrontendRequest request, byte[] reply) throws BackendException {
        expectSize(request, reply, Long.BYTES);
        return ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder()).getLong();
    }

    void expectSize(FrontendRequest request, byte[] reply, int bytes) throws BackendException {
        if (reply.length != bytes) {
            throw broken(replyTo(request) + " has a payload of " + reply.length + " bytes, must be " + bytes);
        }
    }

    private void send(FrontendRequest request, byte[] payload, boolean needReply, OwnedFd... fds)
            throws IOException {
        if (broken) {
            throw new BackendException("no " + request + ": the connection has failed before");
        }
        int flags = HeaderLayout.VERSION | (needReply ? HeaderLayout.NEED_REPLY : 0);
        byte[] message = ByteBuffer.allocate(HeaderLayout.BYTES + payload.length).order(ByteOrder.nativeOrder())
                .putInt(HeaderLayout.REQUEST, request.code())
                .putInt(HeaderLayout.FLAGS, flags)
                .putInt(HeaderLayout.SIZE, payload.length)
                .put(HeaderLayout.BYTES, payload)
                .array();
        // A socket that is writable has room for more than one message.
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!Descriptors.awaitWritable(socket.fd(), millisUntil(deadline))) {
            expectBefore(deadline, "the back-end takes no " + request);
        }
        try {
            socket.send(message, List.of(fds));
        } catch (LinuxException e) {
            broken = true;
            throw e;
        }
    }

    private byte[] receive(FrontendRequest request) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ByteBuffer header = fill(request, HeaderLayout.BYTES, deadline);
        long code = Integer.toUnsignedLong(header.getInt(HeaderLayout.REQUEST));
        int flags = header.getInt(HeaderLayout.FLAGS);
        long size = Integer.toUnsignedLong(header.getInt(HeaderLayout.SIZE));
        if ((flags & HeaderLayout.VERSION_MASK) != HeaderLayout.VERSION || (flags & HeaderLayout.REPLY) == 0) {
            throw broken(replyTo(request) + " has flags 0x" + Integer.toHexString(flags)
                    + ", must be a reply of version " + HeaderLayout.VERSION);
        }
        if (code != request.code()) {
            throw broken(replyTo(request) + " has code " + code + ", must be " + request.code());
        }
        if (size > Limits.PAYLOAD_BYTES_MAX) {
            throw broken(replyTo(request) + " has a payload of " + size + " bytes, no reply has more than "
                    + Limits.PAYLOAD_BYTES_MAX);
        }
        return fill(request, (int) size, deadline).array();
    }

    private ByteBuffer fill(FrontendRequest request, int length, long deadline) throws IOException {
        byte[] bytes = new byte[length];
        List<OwnedFd> fds = new ArrayList<>();
        try {
            int filled = 0;
            while (filled < length) {
                while (!Descriptors.awaitReadable(socket.fd(), millisUntil(deadline))) {
                    expectBefore(deadline, "no reply to " + request);
                }
                int received = socket.receive(bytes, filled, length - filled, fds);
                if (received == 0) {
                    throw broken("the back-end closed the connection instead of answering " + request);
                }
                filled += received;
            }
            if (!fds.isEmpty()) {
                throw broken(replyTo(request) + " has " + fds.size() + " descriptors, must have none");
            }
        } catch (LinuxException e) {
            broken = true;
            throw e;
        } finally {
            fds.forEach(OwnedFd::close);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** Between a reply and the next request nothing is to be received. */
    boolean isGone() {
        return Descriptors.awaitReadable(socket.fd(), 0);
    }

    int descriptor() {
        return socket.fd().number();
    }

    /** Rounded up, so that waiting that long is enough. */
    private static int millisUntil(long deadline) {
        long nanos = deadline - System.nanoTime();
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, 0, Integer.MAX_VALUE);
    }

    /** A wait that ended without a result may have been interrupted by a signal. */
    private void expectBefore(long deadline, String what) throws BackendException {
        if (deadline - System.nanoTime() <= 0) {
            throw broken(what + " within " + timeout.toMillis() + " ms");
        }
    }

    private static String replyTo(FrontendRequest request) {
        return "the back-end's reply to " + request;
    }

    BackendException broken(String what) {
        broken = true;
        return new BackendException(what);
    }

    @Override
    public void close() {
        socket.close();
    }
}
