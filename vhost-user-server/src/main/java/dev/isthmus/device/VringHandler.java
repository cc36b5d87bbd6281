package dev.isthmus.device;

/**
 * A device's work on one started ring. Called by the ring's worker only; hot path.
 *
 * <p>The worker publishes used entries and notifies the driver after each turn; the handler only calls {@code addUsed}.
 */
public interface VringHandler extends AutoCloseable {
    /**
     * Takes at most {@code budget} chains and begins with them. Only called while the ring is enabled. Returns how many
     * it took.
     */
    int takeAvailable(int budget);

    /** Hands back chains whose work is done. Returns how many. */
    int takeCompletions();

    /** Whether {@link #takeCompletions} has something to do; the worker asks before it sleeps. */
    boolean hasCompletions();

    /** Requests whose memory someone outside this worker may still touch. */
    int inFlight();

    /** Guest memory must not be touched any more: from now on completions are only counted off. */
    void abandon();

    /** Nothing is in flight. */
    @Override
    void close();
}
