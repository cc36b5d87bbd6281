package dev.isthmus.xen.app;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread on which all decisions are made, and others for what may wait: so a device whose back-end is away holds up
 * no other.
 */
interface Tasks {
    /** Something to be done on the thread of decisions; any thread may ask. */
    void execute(Runnable step);

    /** The same, after a while. */
    void schedule(Duration delay, Runnable step);

    /**
     * Does something that may wait.
     *
     * @param done on the thread of decisions, with what went wrong; never after {@link Job#cancel}
     */
    Job start(String name, Work work, Consumer<@Nullable Exception> done);

    /** Something that may wait, until it is interrupted. */
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Something that was begun. */
    interface Job {
        /** Interrupts it; on the thread of decisions. */
        void cancel();
    }
}
