package dev.isthmus.frontend;

import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.BackendRequest;
import dev.isthmus.vhostuser.HeaderLayout;
import dev.isthmus.vhostuser.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a back-end says of its own accord, on a socket of its own: the vhost-user specification, "Back-end
 * communication". One thread uses it.
 */
public final class BackendRequests implements AutoCloseable {
    /** Messages that are taken at once: a back-end must not keep us for ever. */
    private static final int MESSAGES_MAX = 16;

    /** For the rest of a message that has begun. */
    private static final int PATIENCE_MILLIS = 1000;

    private final UnixSocket socket;

    private BackendRequests(UnixSocket socket) {
        this.socket = socket;
    }

    /** Takes over the socket. */
    static BackendRequests over(UnixSocket socket) {
        return new BackendRequests(socket);
    }

    /** Readable when there is something to be taken; a number for poll(2), not after closing. */
    public int descriptor() {
        return socket.fd().number();
    }

    /**
     * Takes what has come. What we do not know is refused if it is to be answered, and else passed over.
     *
     * @return whether the configuration space has changed
     * @throws IOException when the back-end closed the socket, or said what makes no sense: nothing more comes then
     */
    public boolean takeConfigurationChange() throws IOException {
        boolean changed = false;
        for (int i = 0; i < MESSAGES_MAX && Descriptors.awaitReadable(socket.fd(), 0); i++) {
            ByteBuffer header = read(HeaderLayout.BYTES);
            int code = header.getInt(HeaderLayout.REQUEST);
            int flags = header.getInt(HeaderLayout.FLAGS);
            long size = Integer.toUnsignedLong(header.getInt(HeaderLayout.SIZE));
            if ((flags & HeaderLayout.VERSION_MASK) != HeaderLayout.VERSION || size > Limits.PAYLOAD_BYTES_MAX) {
                throw new BackendException("the back-end sent a message with flags 0x" + Integer.toHexString(flags)
                        + " and " + size + " bytes");
            }
            read((int) size);
            boolean known = code == BackendRequest.CONFIG_CHANGE_MSG.code();
            changed |= known;
            if ((flags & HeaderLayout.NEED_REPLY) != 0) {
                answer(code, known);
            }
        }
        return changed;
    }

    private ByteBuffer read(int length) throws IOException {
        byte[] bytes = new byte[length];
        List<OwnedFd> fds = new ArrayList<>();
        try {
            int filled = 0;
            while (filled < length) {
                if (!Descriptors.awaitReadable(socket.fd(), PATIENCE_MILLIS)) {
                    throw new BackendException("the back-end sent a part of a message");
                }
                int received = socket.receive(bytes, filled, length - filled, fds);
                if (received == 0) {
                    throw new BackendException("the back-end closed the socket for its requests");
                }
                filled += received;
            }
        } finally {
            fds.forEach(OwnedFd::close);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private void answer(int code, boolean done) throws LinuxException {
        byte[] message = ByteBuffer.allocate(HeaderLayout.BYTES + Long.BYTES).order(ByteOrder.nativeOrder())
                .putInt(HeaderLayout.REQUEST, code)
                .putInt(HeaderLayout.FLAGS, HeaderLayout.VERSION | HeaderLayout.REPLY)
                .putInt(HeaderLayout.SIZE, Long.BYTES)
                .putLong(HeaderLayout.BYTES, done ? 0 : 1)
                .array();
        if (Descriptors.awaitWritable(socket.fd(), PATIENCE_MILLIS)) {
            socket.send(message, List.of());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
