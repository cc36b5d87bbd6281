package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A Unix datagram socket that receives, as a service manager has one. */
public final class DatagramInbox implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 256;

    private final OwnedFd fd;

    private DatagramInbox(OwnedFd fd) {
        this.fd = fd;
    }

    public static DatagramInbox bind(String path) throws LinuxException {
        OwnedFd fd = OwnedFd.own((int) LinuxException.check(Libc.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM, 0),
                "socket"));
        try (Arena arena = Arena.ofConfined()) {
            LinuxException.check(Libc.bind(fd.number(), UnixSocketAddress.encode(path, arena), UnixSocketAddress.BYTES),
                    "bind");
        }
        return new DatagramInbox(fd);
    }

    /** Waits for the next message. */
    public String receive() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(MESSAGE_BYTES_MAX);
            long length = LinuxException.check(Libc.read(fd.number(), buffer.address(), MESSAGE_BYTES_MAX), "read");
            return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                    StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
