package dev.isthmus.bench.load;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;

/**
 * Sleep until the back-end notifies. One blocking read, as a driver's interrupt is one; a thread of its own ends the
 * sleep once a second, so that the caller can see that nothing comes any more.
 */
final class CallWait implements AutoCloseable {
    private static final long REMIND_NANOS = 1_000_000_000;

    private final OwnedFd call;
    private final int number;
    private final Arena arena = Arena.ofShared();
    private final long counter;
    private final Thread reminder;
    private volatile boolean closing;

    private CallWait(OwnedFd call) {
        this.call = call;
        this.number = call.number();
        this.counter = arena.allocate(Long.BYTES, Long.BYTES).address();
        this.reminder = Thread.ofPlatform().daemon().name("load-reminder").unstarted(this::remind);
    }

    static CallWait open() throws LinuxException {
        CallWait wait = new CallWait(EventFd.createBlocking());
        wait.reminder.start();
        return wait;
    }

    private void remind() {
        while (!closing) {
            LockSupport.parkNanos(REMIND_NANOS);
            EventFd.signal(number);
        }
    }

    /** For the back-end. */
    OwnedFd fd() {
        return call;
    }

    /** Returns after a notification, or after a second, or sooner. */
    void await() {
        EventFd.await(number, counter);
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(reminder);
        boolean interrupted = false;
        while (reminder.isAlive()) {
            try {
                reminder.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        call.close();
        arena.close();
    }
}
