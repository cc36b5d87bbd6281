package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * A connected Unix stream socket that carries bytes together with descriptors.
 *
 * <p>One thread receives; any number may send, each message whole, if they hold a lock of their own. Calls block.
 * {@link #shutdown} from another thread ends a blocked call.
 */
public final class UnixSocket implements AutoCloseable {
    /**
     * Room for descriptors in one receive. Linux passes at most 253 ({@code SCM_MAX_FD}, include/net/scm.h); vhost-user
     * sends at most 8. Room for more than 8 lets the decoder say "too many" instead of seeing a truncated message.
     */
    private static final int FDS_MAX = 16;

    private static final int CMSG_HEADER_BYTES = 16;
    private static final int MSGHDR_BYTES = 56;
    private static final int IOVEC_BYTES = 16;
    private static final int TIMEVAL_BYTES = 16;

    private final OwnedFd fd;
    /** Guarded by this: whoever ends it from outside must not meet its descriptor's next owner. */
    private boolean closed;

    private UnixSocket(OwnedFd fd) {
        this.fd = fd;
    }

    /** Takes over a connected socket. */
    public static UnixSocket own(OwnedFd fd) {
        return new UnixSocket(fd);
    }

    static OwnedFd open() throws LinuxException {
        int fd = Libc.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_CLOEXEC, 0);
        return OwnedFd.own((int) LinuxException.check(fd, "socket"));
    }

    /** Waits as long as the listener has too many connections that it has not accepted yet. */
    public static UnixSocket connect(String path) throws LinuxException {
        return connect(path, 0);
    }

    /**
     * The same, but not for ever.
     *
     * @param timeoutMillis after which it fails with EAGAIN; 0: never
     */
    public static UnixSocket connect(String path, long timeoutMillis) throws LinuxException {
        OwnedFd fd = open();
        try (Arena arena = Arena.ofConfined()) {
            long address = UnixSocketAddress.encode(path, arena);
            sendTimeout(arena, fd, timeoutMillis);
            LinuxException.check(Libc.connect(fd.number(), address, UnixSocketAddress.BYTES), "connect to " + path);
            sendTimeout(arena, fd, 0);
            return new UnixSocket(fd);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /** {@code SO_SNDTIMEO} (socket(7)), a {@code struct timeval}: seconds and microseconds, each 8 bytes. */
    private static void sendTimeout(Arena arena, OwnedFd fd, long millis) throws LinuxException {
        long timeval = arena.allocate(TIMEVAL_BYTES, Long.BYTES).address();
        HostMemory.putU64(timeval, millis / 1000);
        HostMemory.putU64(timeval + 8, millis % 1000 * 1000);
        LinuxException.check(Libc.setsockopt(fd.number(), Constants.SOL_SOCKET, Constants.SO_SNDTIMEO, timeval,
                TIMEVAL_BYTES), "setsockopt(SO_SNDTIMEO)");
    }

    /** The descriptor, to be handed on to somebody else; stays owned by this socket. */
    public OwnedFd fd() {
        return fd;
    }

    /** Two connected sockets. */
    public static List<UnixSocket> pair() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long pair = arena.allocate(2L * Integer.BYTES, Integer.BYTES).address();
            LinuxException.check(
                    Libc.socketpair(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_CLOEXEC, 0, pair),
                    "socketpair");
            return List.of(own(OwnedFd.own((int) HostMemory.u32(pair))),
                    own(OwnedFd.own((int) HostMemory.u32(pair + Integer.BYTES))));
        }
    }

    /**
     * Receives up to {@code length} bytes into {@code buffer} and appends the descriptors that came with them to {@code
     * fds}; the caller owns them from then on, also when this throws.
     *
     * @return number of bytes, 0 when the peer has closed
     */
    public int receive(byte[] buffer, int offset, int length, List<OwnedFd> fds) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long data = arena.allocate(length, Long.BYTES).address();
            int controlBytes = CMSG_HEADER_BYTES + FDS_MAX * Integer.BYTES;
            long control = arena.allocate(controlBytes, Long.BYTES).address();
            long message = message(arena, data, length, control, controlBytes);
            long received = retry(message, true);
            LinuxException.check(received, "recvmsg");
            int flags = (int) HostMemory.u32(message + 48);
            collect(control, HostMemory.u64(message + 40), fds);
            if ((flags & Constants.MSG_CTRUNC) != 0) {
                throw new LinuxException("more than " + FDS_MAX + " descriptors in one message", Errno.EINVAL);
            }
            HostMemory.copy(data, buffer, offset, (int) received);
            return (int) received;
        }
    }

    /** Sends all of {@code bytes}, the descriptors with the first of them; they stay owned by the caller. */
    public void send(byte[] bytes, List<OwnedFd> fds) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long data = arena.allocate(Math.max(1, bytes.length), Long.BYTES).address();
            HostMemory.copy(bytes, 0, data, bytes.length);
            int controlBytes = fds.isEmpty() ? 0 : align(CMSG_HEADER_BYTES + fds.size() * Integer.BYTES);
            long control = fds.isEmpty() ? 0 : control(arena, fds, controlBytes);
            int sent = 0;
            while (sent < bytes.length) {
                long message = message(arena, data + sent, bytes.length - sent, sent == 0 ? control : 0,
                        sent == 0 ? controlBytes : 0);
                sent += (int) LinuxException.check(retry(message, false), "sendmsg");
            }
        }
    }

    private long retry(long message, boolean receive) {
        while (true) {
            long result = receive
                    ? Libc.recvmsg(fd.number(), message, Constants.MSG_CMSG_CLOEXEC)
                    : Libc.sendmsg(fd.number(), message, Constants.MSG_NOSIGNAL);
            if (result == -Errno.EAGAIN) {
                // A descriptor handed to us may be non-blocking.
                Descriptors.poll(fd.number(), receive ? Constants.POLLIN : Constants.POLLOUT, -1);
            } else if (result != -Errno.EINTR) {
                return result;
            }
        }
    }

    /** {@code struct msghdr}: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48. */
    private static long message(Arena arena, long data, long length, long control, long controlBytes) {
        long iovec = arena.allocate(IOVEC_BYTES, Long.BYTES).address();
        HostMemory.putU64(iovec, data);
        HostMemory.putU64(iovec + 8, length);
        long message = arena.allocate(MSGHDR_BYTES, Long.BYTES).address();
        HostMemory.putU64(message + 16, iovec);
        HostMemory.putU64(message + 24, 1);
        HostMemory.putU64(message + 32, control);
        HostMemory.putU64(message + 40, controlBytes);
        return message;
    }

    /** {@code struct cmsghdr}: len 0 (u64), level 8, type 12, then the descriptors (cmsg(3)). */
    private static long control(Arena arena, List<OwnedFd> fds, int bytes) {
        long control = arena.allocate(bytes, Long.BYTES).address();
        HostMemory.putU64(control, CMSG_HEADER_BYTES + (long) fds.size() * Integer.BYTES);
        HostMemory.putU32(control + 8, Constants.SOL_SOCKET);
        HostMemory.putU32(control + 12, Constants.SCM_RIGHTS);
        for (int i = 0; i < fds.size(); i++) {
            HostMemory.putU32(control + CMSG_HEADER_BYTES + (long) i * Integer.BYTES, fds.get(i).number());
        }
        return control;
    }

    private static void collect(long control, long controlBytes, List<OwnedFd> fds) {
        long at = 0;
        while (controlBytes - at >= CMSG_HEADER_BYTES) {
            long length = HostMemory.u64(control + at);
            boolean rights = HostMemory.u32(control + at + 8) == Constants.SOL_SOCKET
                    && HostMemory.u32(control + at + 12) == Constants.SCM_RIGHTS;
            if (rights) {
                List<OwnedFd> found = new ArrayList<>();
                for (long i = CMSG_HEADER_BYTES; i < length; i += Integer.BYTES) {
                    found.add(OwnedFd.own((int) HostMemory.u32(control + at + i)));
                }
                fds.addAll(found);
            }
            at += align((int) length);
        }
    }

    private static int align(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    /** Ends both directions: the peer sees the end, a blocked {@link #receive} returns 0. Harmless after closing. */
    public synchronized void shutdown() {
        if (!closed) {
            Libc.shutdown(fd.number(), Constants.SHUT_RDWR);
        }
    }

    /**
     * A blocked {@link #receive} returns 0, and every later one when all that came has been read. The peer does not see
     * an end; it cannot send any more. Harmless after closing.
     */
    public synchronized void shutdownReceiving() {
        if (!closed) {
            Libc.shutdown(fd.number(), Constants.SHUT_RD);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        fd.close();
    }
}
