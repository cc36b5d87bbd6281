package dev.isthmus.xen.bridge;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * All that is a guest's while it is connected: mapped rings, bound channels, what it has in flight. The worker's alone;
 * {@link #turn} and what is called around a sleep is hot.
 *
 * @param <P> what the guest is told
 * @param <C> a connected back-end
 */
public interface GuestSide<P, C> extends AutoCloseable {
    /** Looks at everything once; how much there was to do. */
    int turn();

    /** Asks for events; whether there is something to do already. */
    boolean awaitGuest();

    /** How long until there is something to do without any event; -1: for ever. */
    int millisToTurn();

    /** Whether nothing is in flight. */
    boolean isIdle();

    /** Takes nothing new any more. */
    void stop();

    /** Which ring is not served any more because the guest broke a rule, and why. Makes no object. */
    @Nullable
    String fault();

    /**
     * Begins with a back-end, which has nothing of what is in flight.
     *
     * @param refuse whether the guest would miss something
     * @return what to sleep on; closed by {@link #pause} or {@link #close}
     * @throws IOException when it is of no use; to be paused then
     */
    VirtioQueues start(C connection, P properties, boolean refuse) throws IOException;

    /** The device has changed. */
    void change(P properties, boolean refuse);

    /** Takes what a back-end that is gone has still done; nothing more is taken until {@link #start}. */
    void pause();

    /** Nothing is in flight: a successor has nothing to know. */
    void finish() throws IOException;

    /** Unmaps and unbinds; what is in flight is not answered. */
    @Override
    void close();
}
