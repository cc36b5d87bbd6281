package dev.isthmus.loop;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker sleeps. Made, run and closed by the worker's thread; only {@link #wake} may be called by others.
 *
 * <p>How no wake-up is lost: {@link #sleep} first says that it is about to sleep, then asks once more whether there is
 * work, and only then waits. Whoever has work for us puts it where that question finds it, and then looks whether we
 * said so. Both steps are volatile, so one of the two sees the other. Netty's own {@code wakeup()} is not enough for
 * this: it knows nothing of our queues. An eventfd of ours stays readable instead.
 */
public final class WorkerLoop implements AutoCloseable {
    /** {@link #sleep} without an end. */
    public static final long FOR_EVER = HandlerDriver.FOR_EVER;

    private final Transport transport;
    private final HandlerDriver driver;
    private final OwnedFd wake;
    private final Watch wakeWatch;
    private final @Nullable FileRing files;
    /** Whether the turn before this one left file I/O that the kernel was not told of. */
    private boolean handOver;
    private volatile boolean sleeping;

    private WorkerLoop(Transport transport, HandlerDriver driver, OwnedFd wake) {
        this.transport = transport;
        this.driver = driver;
        this.wake = wake;
        this.wakeWatch = watch(wake, () -> {});
        this.files = transport == Transport.IO_URING ? new FileRing(driver) : null;
    }

    /**
     * A loop for the calling thread.
     *
     * @throws IllegalStateException if {@code transport} was asked for by name and is not available
     */
    public static WorkerLoop open(Transport transport) throws LinuxException {
        Transport resolved = available(transport);
        OwnedFd wake = EventFd.create();
        try {
            return new WorkerLoop(resolved, HandlerDriver.open(factory(resolved)), wake);
        } catch (RuntimeException | Error e) {
            wake.close();
            throw e;
        }
    }

    private static Transport available(Transport transport) {
        Transport resolved = transport.resolve();
        String problem = resolved.unavailability();
        if (problem == null) {
            return resolved;
        }
        if (transport == Transport.AUTO) {
            return Transport.EPOLL;
        }
        throw new IllegalStateException("io_uring is not available: " + problem);
    }

    private static IoHandlerFactory factory(Transport transport) {
        return switch (transport) {
            case IO_URING -> IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                    .setRingSize(Limits.RING_ENTRIES).setCqSize(Limits.COMPLETION_ENTRIES)
                    .setMaxBoundedWorker(Limits.KERNEL_THREADS).setMaxUnboundedWorker(1));
            case EPOLL, AUTO -> EpollIoHandler.newFactory(Limits.EPOLL_EVENTS,
                    DefaultSelectStrategyFactory.INSTANCE);
        };
    }

    /**
     * Calls {@code readable} from {@link #sleep} at each edge of a descriptor, and once if it is readable already. It
     * must not throw. The descriptor stays the caller's, who closes the watch first.
     */
    public Watch watch(OwnedFd fd, Runnable readable) {
        return watch(fd.number(), readable);
    }

    /** The same by the descriptor's number. */
    public Watch watch(int fd, Runnable readable) {
        return transport == Transport.IO_URING
                ? IoUringWatch.start(driver, fd, readable)
                : EpollWatch.start(driver, fd, readable);
    }

    /**
     * Waits until a watched descriptor is readable, {@link #wake} is called, or the time is over; not at all if {@code
     * hasWork}.
     */
    public void sleep(long nanosMax, BooleanSupplier hasWork) {
        sleeping = true;
        if (!hasWork.getAsBoolean() && (files == null || !files.hasUntold())) {
            driver.awaitEvent(nanosMax);
            turned();
        }
        sleeping = false;
        if (files != null) {
            files.tell();
        }
    }

    /** File I/O by this loop; null where it cannot. */
    public @Nullable FileRing files() {
        return files;
    }

    /** Whether {@link #files} has requests in flight. */
    public boolean hasFilesInFlight() {
        return files != null && files.inFlight() > 0;
    }

    /**
     * The worker had work and will look for more before it sleeps: takes back file I/O that is done. What was just
     * asked for may wait until the sleep, since one system call then does for both, but no longer than one turn, and
     * not if it is much.
     */
    public void pass() {
        if (files == null) {
            return;
        }
        if (handOver || files.inFlight() > files.unsubmitted()
                || files.unsubmitted() >= Limits.FILE_REQUESTS_KEPT_BACK) {
            driver.runNow();
            turned();
            files.tell();
        }
        handOver = files.unsubmitted() > 0;
    }

    private void turned() {
        handOver = false;
        if (files != null) {
            files.submitted();
        }
    }

    /** Ends a {@link #sleep}, or the next one before it waits. Any thread. */
    public void wake() {
        if (sleeping) {
            EventFd.signal(wake.number());
        }
    }

    @Override
    public void close() {
        try {
            wakeWatch.close();
            driver.close();
        } finally {
            wake.close();
        }
    }
}
