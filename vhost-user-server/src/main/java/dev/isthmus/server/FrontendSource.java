package dev.isthmus.server;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a device's front-ends come from, one after the other. {@link #next} and {@link #close} belong to the device's
 * thread.
 */
interface FrontendSource extends AutoCloseable {
    /** @throws IOException with one clear line */
    static FrontendSource open(String device, Endpoint endpoint, DeviceCounters counters) throws IOException {
        return switch (endpoint) {
            case Endpoint.Path(String path) -> {
                SocketFile file = SocketFile.listen(path, SocketFile.PATIENCE);
                yield new ListeningSource(file.listener(), file::close);
            }
            case Endpoint.Client(String path) -> new ConnectingSource(device, path, counters);
            case Endpoint.Inherited(int number) -> adopt(number);
        };
    }

    private static FrontendSource adopt(int number) throws IOException {
        OwnedFd fd = OwnedFd.own(number);
        try {
            if (UnixListener.isListening(fd)) {
                UnixListener listener = UnixListener.adopt(fd);
                return new ListeningSource(listener, listener::close);
            }
            return new SingleSource(UnixSocket.own(fd));
        } catch (LinuxException e) {
            throw new IOException("fd " + number + " is no socket: " + e.getMessage(), e);
        }
    }

    /** Waits for the next front-end; null when there will be none. */
    @Nullable
    UnixSocket next() throws LinuxException;

    /** Makes a {@link #next} that waits end, and every later one. Any thread, also after closing. */
    void shutdown();

    /** What the device does while it has no front-end. */
    ConnectionState whileWaiting();

    @Override
    void close();
}
