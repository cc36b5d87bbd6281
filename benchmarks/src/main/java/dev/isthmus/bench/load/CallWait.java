package dev.isthmus.bench.load;

import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.lang.foreign.Arena;

/**
 * Sleep until the back-end notifies. The eventfd does not block, and is polled and then read, as QEMU and libblkio do
 * it: one that blocks would make a careful back-end ask before it notifies, which no stock front-end makes it do.
 */
final class CallWait implements AutoCloseable {
    /** So that the caller can see that nothing comes any more. */
    private static final int PATIENCE_MILLIS = 1000;

    private final OwnedFd call;
    private final Arena arena = Arena.ofShared();
    private final long counter;

    private CallWait(OwnedFd call) {
        this.call = call;
        this.counter = arena.allocate(Long.BYTES, Long.BYTES).address();
    }

    static CallWait open() throws LinuxException {
        return new CallWait(EventFd.create());
    }

    /** For the back-end. */
    OwnedFd fd() {
        return call;
    }

    /** Returns after a notification, or after a second, or sooner; false if there was no notification. */
    boolean await() {
        return Descriptors.awaitReadable(call, PATIENCE_MILLIS) && EventFd.await(call.number(), counter) > 0;
    }

    @Override
    public void close() {
        call.close();
        arena.close();
    }
}
