package dev.isthmus.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Drives one of Netty's I/O handlers from the thread that makes it. This is what is left of an event loop when there is
 * one thread, no task queue and no timer: nothing here is allocated per turn.
 */
final class HandlerDriver implements ThreadAwareExecutor, IoHandlerContext, AutoCloseable {
    static final long FOR_EVER = Long.MAX_VALUE;

    /** {@code IoHandlerContext.deadlineNanos}: there is none. */
    private static final long NO_DEADLINE = -1;

    private final Thread thread = Thread.currentThread();
    private final IoHandler handler;
    private boolean waiting;
    private long deadlineNanos = NO_DEADLINE;
    private boolean running;
    private @Nullable IllegalStateException failure;

    private HandlerDriver(IoHandlerFactory factory) {
        this.handler = factory.newHandler(this);
    }

    static HandlerDriver open(IoHandlerFactory factory) {
        HandlerDriver driver = new HandlerDriver(factory);
        driver.handler.initialize();
        return driver;
    }

    IoRegistration register(IoHandle handle) {
        try {
            return handler.register(handle);
        } catch (Exception e) {
            throw new IllegalStateException("cannot register " + handle, e);
        }
    }

    /** Hands over what was submitted, and handles what has happened, without waiting. */
    void runNow() {
        waiting = false;
        run();
    }

    /** The same, but waits until something happens, {@code nanosMax} at most. */
    void awaitEvent(long nanosMax) {
        waiting = true;
        deadlineNanos = nanosMax == FOR_EVER ? NO_DEADLINE : deadline(nanosMax);
        run();
    }

    private static long deadline(long nanos) {
        long deadline = System.nanoTime() + nanos;
        return deadline == NO_DEADLINE ? deadline + 1 : deadline;
    }

    private void run() {
        if (running) {
            // Netty's completion queue would be read twice at the same place.
            throw new IllegalStateException("called by what it calls");
        }
        running = true;
        try {
            handler.run(this);
        } finally {
            running = false;
        }
        IllegalStateException problem = failure;
        if (problem != null) {
            failure = null;
            throw problem;
        }
    }

    /** For handles, which must not throw: Netty would log it and sleep. Ends the turn with this. */
    void fail(String problem) {
        if (failure == null) {
            failure = new IllegalStateException(problem);
        }
    }

    @Override
    public void close() {
        handler.prepareToDestroy();
        handler.destroy();
    }

    // What Netty asks.

    @Override
    public boolean isExecutorThread(Thread asked) {
        return thread.equals(asked);
    }

    @Override
    public void execute(Runnable task) {
        throw new IllegalStateException("a worker's loop is used by another thread");
    }

    @Override
    public boolean canBlock() {
        return waiting;
    }

    @Override
    public long delayNanos(long nowNanos) {
        return deadlineNanos == NO_DEADLINE ? Long.MAX_VALUE : Math.max(0, deadlineNanos - nowNanos);
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }
}
