package dev.isthmus.xen.app;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Tasks} on threads: one for decisions, and one for each job while it lasts. */
final class ControlThread implements Tasks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    private final ScheduledThreadPoolExecutor control =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("control").daemon().factory());

    ControlThread() {
        control.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable step) {
        schedule(Duration.ZERO, step);
    }

    @Override
    public void schedule(Duration delay, Runnable step) {
        try {
            control.schedule(() -> run(step), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("too late for another step");
        }
    }

    private static void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            // The other devices go on.
            LOG.error("a mistake in this program", e);
        }
    }

    @Override
    public Job start(String name, Work work, Consumer<@Nullable Exception> done) {
        Running job = new Running(done);
        Thread thread = Thread.ofPlatform().name(name).daemon().start(() -> {
            Exception problem = attempt(work);
            execute(() -> job.end(problem));
        });
        job.thread = thread;
        return job;
    }

    private static @Nullable Exception attempt(Work work) {
        try {
            work.run();
            return null;
        } catch (IOException | InterruptedException | RuntimeException e) {
            return e;
        }
    }

    /** What is being done is interrupted nowhere, and nothing new is begun. */
    @Override
    public void close() {
        control.shutdown();
    }

    /** All on the thread of decisions. */
    private static final class Running implements Job {
        private final Consumer<@Nullable Exception> done;
        private @Nullable Thread thread;
        private boolean cancelled;

        Running(Consumer<@Nullable Exception> done) {
            this.done = done;
        }

        void end(@Nullable Exception problem) {
            if (!cancelled) {
                done.accept(problem);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
