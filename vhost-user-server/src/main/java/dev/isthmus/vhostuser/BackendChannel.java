package dev.isthmus.vhostuser;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import java.util.List;

/**
 * The socket that SET_BACKEND_REQ_FD brought: the vhost-user specification, "Back-end communication". One thread
 * uses it at a time.
 *
 * <p>The thread that serves the front-end's requests must not wait here: QEMU answers CONFIG_CHANGE only after a
 * GET_CONFIG of its own.
 */
public final class BackendChannel implements AutoCloseable {
    private final UnixSocket socket;
    private final MessageReader reader;

    private BackendChannel(UnixSocket socket) {
        this.socket = socket;
        this.reader = new MessageReader(socket);
    }

    /** Takes over the descriptor. */
    public static BackendChannel own(OwnedFd fd) {
        return over(UnixSocket.own(fd));
    }

    static BackendChannel over(UnixSocket socket) {
        return new BackendChannel(socket);
    }

    /**
     * Sends a message.
     *
     * @param needReply whether the front-end is to answer, which needs REPLY_ACK and then {@link #awaitReply}
     */
    public void send(BackendMessage message, boolean needReply) throws LinuxException {
        socket.send(MessageEncoder.encode(message, needReply), List.of());
    }

    /** Waits for the answer to a message sent with need_reply; true when the front-end did what was asked. */
    public boolean awaitReply(BackendMessage message) throws LinuxException, ProtocolViolation {
        return reader.readReplyTo(message.kind());
    }

    /** Ends a blocked {@link #awaitReply}; any thread. */
    public void shutdown() {
        socket.shutdown();
    }

    @Override
    public void close() {
        socket.close();
    }
}
