package dev.isthmus.xen;

import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The socket a xenstored of this domain listens on. */
final class SocketTransport implements XenstoreTransport {
    private final UnixSocket socket;

    private SocketTransport(UnixSocket socket) {
        this.socket = socket;
    }

    static SocketTransport connect(String path) throws IOException {
        return new SocketTransport(UnixSocket.connect(path));
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        // Descriptors never come: the store sends none.
        return socket.receive(buffer, offset, length, new ArrayList<>());
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        socket.send(bytes, List.of());
    }

    @Override
    public void shutdown() {
        socket.shutdown();
    }

    @Override
    public void close() {
        socket.close();
    }
}
