package dev.isthmus.blk.store;

import dev.isthmus.loop.FileRing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where the sectors live. The device knows this interface and nothing of what is behind it.
 *
 * <p>A store has two phases. From {@code open} on it can be asked for its {@link #limits()} and takes no lock, since
 * the destination of a live migration must describe its disk while the source still owns the image. Between {@link
 * #activate} and {@link #deactivate} it owns the image and serves requests. Both phases may alternate any number of
 * times until {@link #close}.
 *
 * <p>Threads: {@code activate}, {@code deactivate}, {@code refresh} and {@code close} are called by one control thread
 * at a time and may block. {@code submit} is called by any number of vring workers at once.
 */
public interface BlockStore extends AutoCloseable {
    /** Size and abilities as last probed; never blocks. */
    BlockLimits limits();

    /**
     * Looks at the image again, for instance because somebody made it larger, and returns what {@link #limits()} says
     * from now on.
     */
    BlockLimits refresh() throws IOException;

    /**
     * Takes the image: opens it for use and locks it against a second writer.
     *
     * @throws IOException naming the image and, where it is known, who has it
     */
    void activate() throws IOException;

    /**
     * Gives the image back: makes everything written so far stable and unlocks. The caller has no request in flight.
     *
     * @throws IOException when the last flush failed; the image is unlocked all the same
     */
    void deactivate() throws IOException;

    /**
     * Takes ownership of {@code request} until it calls {@link StoreRequest#complete}, exactly once and from any
     * thread; this may happen before {@code submit} returns. Does not block the calling vring worker, allocates nothing
     * in steady state, and throws only for a bug in this store. Only called while active, with offset and length
     * multiples of the logical block and inside {@link #limits()}.
     *
     * <p>Requests in flight at the same time have no order. A write that has completed is seen by every read submitted
     * later.
     */
    void submit(StoreRequest request);

    /**
     * A way in for one vring worker that may be faster than {@link #submit}. Only called while active, by that worker,
     * who uses it until the store is deactivated.
     *
     * @param files file I/O by the worker's loop; null where it cannot
     */
    default StoreQueue queue(@Nullable FileRing files) {
        return this::submit;
    }

    /**
     * Called about once a second by the thread that looks after all devices of the process, whether active or not: a
     * time to see what is over, or what nobody would tell. Must not wait for the storage.
     *
     * @param nowNanos of {@link System#nanoTime}
     */
    default void look(long nowNanos) {}

    /** Figures of this store for metrics and health: failed flush, errors by kind, threads. Never blocks. */
    StoreCounters counters();

    /** Ends the store; deactivates first when it is active. */
    @Override
    void close() throws IOException;
}
