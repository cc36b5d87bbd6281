package dev.isthmus.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor with one owner, who closes it.
 *
 * <p>Closing twice is harmless; using it after closing is a bug and throws {@link IllegalStateException}. Any thread
 * may close.
 */
public final class OwnedFd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private OwnedFd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of an open descriptor's number. */
    public static OwnedFd own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new OwnedFd(number);
    }

    /** The descriptor's number; stays owned by this object. */
    public int number() {
        int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    /** Another descriptor of the same open file. */
    public OwnedFd duplicate() throws LinuxException {
        return own((int) LinuxException.check(Libc.fcntl(number(), Constants.F_DUPFD_CLOEXEC, 0),
                "fcntl(F_DUPFD_CLOEXEC)"));
    }

    /** {@code O_*} flags of the open file. */
    public int statusFlags() throws LinuxException {
        return (int) LinuxException.check(Libc.fcntl(number(), Constants.F_GETFL, 0), "fcntl(F_GETFL)");
    }

    /** Whether reads and writes of this open file return EAGAIN where others would wait. */
    public boolean isNonBlocking() throws LinuxException {
        return (statusFlags() & Constants.O_NONBLOCK) != 0;
    }

    @Override
    public void close() {
        int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            // Linux releases the number even when close() reports an error (close(2), NOTES), so there is nothing to
            // retry.
            Libc.close(n);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
