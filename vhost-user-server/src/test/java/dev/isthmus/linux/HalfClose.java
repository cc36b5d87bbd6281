package dev.isthmus.linux;

/** What only a test wants: to end one direction of a socket. */
public final class HalfClose {
    /** include/linux/net.h. */
    private static final int SHUT_WR = 1;

    private HalfClose() {}

    /** The peer sees the end; what it still sends can be read. */
    public static void sending(UnixSocket socket) throws LinuxException {
        LinuxException.check(Libc.shutdown(socket.fd().number(), SHUT_WR), "shutdown");
    }
}
