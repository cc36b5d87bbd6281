package dev.isthmus.linux;

import java.lang.foreign.Arena;

/** A listening Unix stream socket. {@link #accept} blocks; {@link #shutdown} from another thread ends it. */
public final class UnixListener implements AutoCloseable {
    /** A front-end that connects while another is served waits here; more than a few is a mistake. */
    private static final int BACKLOG = 16;

    private final OwnedFd fd;
    /** Guarded by this: whoever ends it from outside must not meet its descriptor's next owner. */
    private boolean closed;

    private UnixListener(OwnedFd fd) {
        this.fd = fd;
    }

    /** Binds and listens. The caller has made sure that no file is in the way. */
    public static UnixListener bind(String path) throws LinuxException {
        OwnedFd fd = UnixSocket.open();
        try (Arena arena = Arena.ofConfined()) {
            long address = UnixSocketAddress.encode(path, arena);
            LinuxException.check(Libc.bind(fd.number(), address, UnixSocketAddress.BYTES), "bind to " + path);
            LinuxException.check(Libc.listen(fd.number(), BACKLOG), "listen on " + path);
            return new UnixListener(fd);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /** The descriptor, to be handed on to somebody else; stays owned by this listener. */
    public OwnedFd fd() {
        return fd;
    }

    /** Takes over a socket that somebody else bound and made to listen. */
    public static UnixListener adopt(OwnedFd fd) {
        return new UnixListener(fd);
    }

    /** Whether a descriptor is a listening socket ({@code SO_ACCEPTCONN}); false for a connected one. */
    public static boolean isListening(OwnedFd fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long value = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            long length = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            HostMemory.putU32(length, Integer.BYTES);
            LinuxException.check(
                    Libc.getsockopt(fd.number(), Constants.SOL_SOCKET, Constants.SO_ACCEPTCONN, value, length),
                    "getsockopt(SO_ACCEPTCONN)");
            return HostMemory.u32(value) != 0;
        }
    }

    /** Waits for a connection. After {@link #shutdown} it fails with EINVAL. */
    public UnixSocket accept() throws LinuxException {
        while (true) {
            int accepted = Libc.accept4(fd.number(), Constants.SOCK_CLOEXEC);
            if (accepted == -Errno.EAGAIN) {
                // A descriptor handed to us may be non-blocking.
                Descriptors.poll(fd.number(), Constants.POLLIN, -1);
            } else if (accepted != -Errno.EINTR) {
                return UnixSocket.own(OwnedFd.own((int) LinuxException.check(accepted, "accept")));
            }
        }
    }

    /** Makes a blocked and every later {@link #accept} fail. Harmless after closing. */
    public synchronized void shutdown() {
        if (!closed) {
            Libc.shutdown(fd.number(), Constants.SHUT_RDWR);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        fd.close();
    }
}
