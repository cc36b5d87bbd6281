package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Questions about any descriptor. */
public final class Descriptors {
    private static final int LINK_MAX = 4096;
    /** {@code struct pollfd}: fd 0, events 4, revents 6; 8 bytes. */
    private static final int POLLFD_BYTES = 8;

    private static final ThreadLocal<MemorySegment> POLLFD =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(POLLFD_BYTES, Integer.BYTES));

    private Descriptors() {}

    /** What {@code /proc/self/fd/N} points to; empty when there is no such descriptor. */
    static String link(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/proc/self/fd/" + fd);
            MemorySegment target = arena.allocate(LINK_MAX);
            long length = Libc.readlink(path.address(), target.address(), LINK_MAX);
            if (length < 0) {
                return "";
            }
            byte[] bytes = new byte[(int) length];
            HostMemory.copy(target.address(), bytes, 0, bytes.length);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Waits up to {@code timeoutMillis} (-1: for ever) for one of {@code events}; false when none came. */
    static boolean poll(int fd, short events, int timeoutMillis) {
        long pollfd = POLLFD.get().address();
        HostMemory.putU32(pollfd, fd);
        HostMemory.putU16(pollfd + 4, events);
        HostMemory.putU16(pollfd + 6, 0);
        return Libc.poll(pollfd, 1, timeoutMillis) > 0;
    }

    /** Waits up to {@code timeoutMillis} for the descriptor to become writable. */
    public static boolean awaitWritable(OwnedFd fd, int timeoutMillis) {
        return poll(fd.number(), Constants.POLLOUT, timeoutMillis);
    }

    /** Waits up to {@code timeoutMillis} for the descriptor to become readable. */
    public static boolean awaitReadable(OwnedFd fd, int timeoutMillis) {
        return poll(fd.number(), Constants.POLLIN, timeoutMillis);
    }
}
