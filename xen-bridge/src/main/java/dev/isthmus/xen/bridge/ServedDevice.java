package dev.isthmus.xen.bridge;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One device of one guest: its rings on one side, a vhost-user back-end on the other, and a thread between them that
 * does all the work. Any thread may call; one at a time calls {@link #connect} and {@link #disconnect}.
 *
 * <pre>
 *   open ──► properties ──► connect ──► disconnect ──► connect ... ──► close
 *             waits for               waits for what
 *             the back-end            is in flight
 * </pre>
 *
 * <p>A back-end that goes away is connected again, for ever. The guest sees a pause.
 *
 * @param <W> what a guest wants served, as it wrote it to xenstore
 * @param <P> what it is told
 * @param <K> what is counted
 */
public interface ServedDevice<W, P, K> extends AutoCloseable {
    /**
     * What the guest is to be told: what the back-end said last. Waits for it the first time.
     *
     * @throws IOException when this is closed meanwhile
     */
    P properties() throws IOException, InterruptedException;

    /**
     * Maps the guest's rings, binds its event channels and serves it. Goes on where a predecessor of this process
     * ended. Waits for the back-end if it was never there.
     *
     * @throws IOException says what is wrong with the guest's numbers; nothing stays mapped or bound then
     */
    void connect(W wanted) throws IOException, InterruptedException;

    /**
     * Whom to tell when the guest is to be told something else. Called by the device's thread, which waits meanwhile.
     */
    void onChange(Consumer<P> listener);

    /**
     * Takes nothing more, waits until all that was taken is answered, unmaps and unbinds. Without a connection it does
     * nothing.
     *
     * @throws InterruptedException the guest is let go of all the same, later; {@link #close} does it at once
     */
    void disconnect() throws InterruptedException;

    K counters();

    /** Whether there is a back-end now. */
    boolean isBackendConnected();

    /** Why the guest is not served as it should be, if so; a back-end that is away is one reason. */
    Optional<String> fault();

    /**
     * Lets go of everything at once: what is in flight is not answered, a successor of this process goes on with it.
     * Not to be called by the device's own thread.
     */
    @Override
    void close();
}
