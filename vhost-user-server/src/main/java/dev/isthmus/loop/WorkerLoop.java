package dev.isthmus.loop;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where a worker sleeps. Made, run and closed by the worker's thread; only {@link #wake} may be called by others.
 *
 * <p>How no wake-up is lost: {@link #sleep} first says that it is about to sleep, then asks once more whether there is
 * work, and only then waits. Whoever has work for us puts it where that question finds it, and then looks whether we
 * said so. Both steps are volatile, so one of the two sees the other. Netty's own {@code wakeup()} is not enough for
 * this: it is ignored before {@code run()} has announced its wait, and {@code run()} asks only Netty's own task queue.
 * An eventfd of ours stays readable instead.
 */
public final class WorkerLoop implements AutoCloseable {
    /** {@link #sleep} without an end: what {@code ManualIoEventLoop.run} calls 0. Its -1 does not wait at all. */
    public static final long FOR_EVER = 0;

    /** Edge-triggered, so an eventfd needs no read: each write is a new edge (epoll(7)). */
    private static final EpollIoOps READABLE_EDGE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET);

    private static final long SHUTDOWN_ROUNDS_MAX = 1000;

    private final ManualIoEventLoop loop;
    private final OwnedFd wake;
    private volatile boolean sleeping;

    private WorkerLoop(ManualIoEventLoop loop, OwnedFd wake) {
        this.loop = loop;
        this.wake = wake;
    }

    /** A loop for the calling thread. */
    public static WorkerLoop open() throws LinuxException {
        WorkerLoop made = new WorkerLoop(
                new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory()), EventFd.create());
        made.watch(made.wake, () -> {});
        return made;
    }

    /**
     * Calls {@code readable} from {@link #sleep} at each edge of a descriptor, and once if it is readable already. The
     * descriptor stays the caller's, who closes the watch first.
     */
    public Watch watch(OwnedFd fd, Runnable readable) {
        try {
            IoRegistration registration = loop.register(new EpollWatch(fd.number(), readable)).get();
            registration.submit(READABLE_EDGE);
            return new Watch(registration);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot watch " + fd, e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a worker", e);
        }
    }

    /**
     * Waits until a watched descriptor is readable, {@link #wake} is called, or the time is over; not at all if {@code
     * hasWork}.
     */
    public void sleep(long nanosMax, BooleanSupplier hasWork) {
        sleeping = true;
        if (!hasWork.getAsBoolean()) {
            loop.run(nanosMax);
        }
        sleeping = false;
    }

    /** Ends a {@link #sleep}, or the next one before it waits. Any thread. */
    public void wake() {
        if (sleeping) {
            EventFd.signal(wake.number());
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        for (int i = 0; i < SHUTDOWN_ROUNDS_MAX && !loop.isTerminated(); i++) {
            loop.runNow();
        }
        wake.close();
    }
}
