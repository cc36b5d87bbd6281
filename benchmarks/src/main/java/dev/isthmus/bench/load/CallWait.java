package dev.isthmus.bench.load;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;

/**
 * Sleep until the back-end notifies. One blocking read, as a driver's interrupt is one; a thread of its own ends the
 * sleep once a second, so that the caller can see that nothing comes any more. The two can be told apart, so that a
 * notification that is missing is not covered up.
 *
 * <pre>
 *   counter   63          32            0
 *             | reminders | notifications |
 * </pre>
 */
final class CallWait implements AutoCloseable {
    private static final long REMIND_NANOS = 1_000_000_000;
    private static final long REMINDER = 1L << 32;

    private final OwnedFd call;
    private final int number;
    private final Arena arena = Arena.ofShared();
    private final long counter;
    private final long reminderOne;
    private final Thread reminder;
    private volatile boolean closing;

    private CallWait(OwnedFd call) {
        this.call = call;
        this.number = call.number();
        this.counter = arena.allocate(Long.BYTES, Long.BYTES).address();
        this.reminderOne = arena.allocate(Long.BYTES, Long.BYTES).address();
        HostMemory.putU64(reminderOne, REMINDER);
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
            EventFd.add(number, reminderOne);
        }
    }

    /** For the back-end. */
    OwnedFd fd() {
        return call;
    }

    /** Returns after a notification, or after a second, or sooner; false if there certainly was no notification. */
    boolean await() {
        return EventFd.await(number, counter) < 0 || HostMemory.u32(counter) != 0;
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
