package dev.isthmus.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Eventfds: {@code eventfd(2)}. */
public final class EventFd {
    /** What {@code /proc/self/fd/N} of an eventfd links to ({@code fs/eventfd.c}); newer kernels append its id. */
    private static final String LINK = "anon_inode:[eventfd";

    private static final String COUNT = "eventfd-count:";

    /** The eight bytes of the number one, for {@link #signal}; never written again. */
    private static final long ONE = one();

    private static final int BYTES = Long.BYTES;

    private EventFd() {}

    private static long one() {
        long address = Arena.global().allocate(Long.BYTES, Long.BYTES).address();
        HostMemory.putU64(address, 1);
        return address;
    }

    /** A new, non-blocking eventfd with counter zero. */
    public static OwnedFd create() throws LinuxException {
        int fd = Libc.eventfd(0, Constants.EFD_CLOEXEC | Constants.EFD_NONBLOCK);
        return OwnedFd.own((int) LinuxException.check(fd, "eventfd"));
    }

    /** A new eventfd with counter zero whose reader waits: for {@link #await}. */
    public static OwnedFd createBlocking() throws LinuxException {
        return OwnedFd.own((int) LinuxException.check(Libc.eventfd(0, Constants.EFD_CLOEXEC), "eventfd"));
    }

    /**
     * Reads and resets the counter; of {@link #createBlocking}, as soon as it is not zero. One system call, allocates
     * nothing.
     *
     * @param buffer native address of 8 bytes of the caller's, where the counter is left
     * @return 8, or a negative errno
     */
    public static int await(int fd, long buffer) {
        return (int) Libc.read(fd, buffer, BYTES);
    }

    /**
     * Adds one to the counter. On a non-blocking eventfd whose counter is full nothing happens, which is as good as a
     * signal. A blocking one that is full blocks the caller. Allocates nothing.
     *
     * @return 0, or a negative errno
     */
    public static int signal(int fd) {
        long result = Libc.write(fd, ONE, BYTES);
        return result < 0 && result != -Errno.EAGAIN ? (int) result : 0;
    }

    /**
     * Reads and resets the counter: its value, 0 if it was zero on a non-blocking eventfd. For tests and our own
     * eventfds.
     */
    public static long drain(OwnedFd fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long buffer = arena.allocate(BYTES, BYTES).address();
            long result = Libc.read(fd.number(), buffer, BYTES);
            if (result == -Errno.EAGAIN) {
                return 0;
            }
            LinuxException.check(result, "read of an eventfd");
            return HostMemory.u64(buffer);
        }
    }

    /** The counter without reading it away, from {@code /proc/self/fdinfo} (proc(5)); -1 when it cannot be told. */
    public static long count(OwnedFd fd) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + fd.number()))) {
            return lines.filter(line -> line.startsWith(COUNT)).findFirst()
                    .map(line -> Long.parseUnsignedLong(line.substring(COUNT.length()).strip(), 16)).orElse(-1L);
        } catch (IOException | UncheckedIOException e) {
            return -1;
        }
    }

    /** Whether a descriptor, which may have come from anywhere, is an eventfd. */
    public static boolean isEventFd(OwnedFd fd) {
        return Descriptors.link(fd.number()).startsWith(LINK);
    }

    /** Whether a write of one would not block now. */
    public static boolean isWritable(int fd) {
        return Descriptors.poll(fd, Constants.POLLOUT, 0);
    }
}
