package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** A Unix datagram socket to a service manager, which wants lines of {@code NAME=value} (sd_notify(3)). */
public final class NotifySocket implements AutoCloseable {
    /** unix(7): a name that begins so is no file's; the byte itself is zero on the wire. */
    private static final char ABSTRACT = '@';
    private static final int FAMILY_BYTES = 2;

    private final OwnedFd fd;

    private NotifySocket(OwnedFd fd) {
        this.fd = fd;
    }

    /** @param name of the environment's NOTIFY_SOCKET: a path, or an abstract name after {@code @} */
    public static NotifySocket connect(String name) throws LinuxException {
        int number = Libc.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM | Constants.SOCK_CLOEXEC, 0);
        OwnedFd fd = OwnedFd.own((int) LinuxException.check(number, "socket"));
        try (Arena arena = Arena.ofConfined()) {
            long address = UnixSocketAddress.encode(name, arena);
            int length = UnixSocketAddress.BYTES;
            if (name.charAt(0) == ABSTRACT) {
                HostMemory.putU8(address + FAMILY_BYTES, 0);
                // Every byte of an abstract name counts.
                length = FAMILY_BYTES + name.getBytes(StandardCharsets.UTF_8).length;
            }
            LinuxException.check(Libc.connect(fd.number(), address, length), "connect to " + name);
            return new NotifySocket(fd);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /** Sends one message; waits while the manager has too many that it has not read. */
    public void send(String lines) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
            long buffer = arena.allocate(bytes.length, 1).address();
            HostMemory.copy(bytes, 0, buffer, bytes.length);
            LinuxException.check(Libc.write(fd.number(), buffer, bytes.length), "write to the service manager");
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
