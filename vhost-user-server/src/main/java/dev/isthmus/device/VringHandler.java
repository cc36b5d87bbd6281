package dev.isthmus.device;

/**
 * A device's work on one started ring. Called by the ring's worker only; hot path.
 *
 * <p>The worker publishes used entries and notifies the driver after each turn; the handler only calls {@code addUsed}.
 */
public interface VringHandler extends AutoCloseable {
    /**
     * Takes at most {@code budget} chains and begins with them. Only called while the ring is enabled, or if {@link
     * #worksWhileDisabled}. Returns how many it took, or what else it did: more than 0 if there is something to publish
     * or more to do at once.
     */
    int takeAvailable(int budget);

    /**
     * How many chains a turn should take before what is done is shown and another ring has its turn.
     *
     * @param usual what is best for requests that take long
     */
    default int chainsPerTurn(int usual) {
        return usual;
    }

    /** Whether chains are taken from a disabled ring too (a network device drops what is sent there). */
    default boolean worksWhileDisabled() {
        return false;
    }

    /** The ring is enabled or disabled; first called before anything is taken. */
    default void setEnabled(boolean enabled) {}

    /**
     * Whether it waits for chains, so that the driver is to notify of new ones. Not while it waits for something else,
     * such as a frame that comes in, and lets the driver's chains lie meanwhile.
     */
    default boolean wantsChains() {
        return true;
    }

    /** How long the worker may sleep at most while there is nothing to do, in nanoseconds. */
    default long restNanosMax() {
        return Long.MAX_VALUE;
    }

    /**
     * The ring is about to stop, or its memory to change: chains that were taken and wait for something go back to
     * where they came from ({@code Virtqueue.giveBack}). If the ring goes on, they can be taken again.
     */
    default void letGo() {}

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
