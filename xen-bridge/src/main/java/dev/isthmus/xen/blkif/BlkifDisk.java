package dev.isthmus.xen.blkif;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One disk of one guest: its block rings on one side, a vhost-user back-end on the other, and a thread between them that
 * does all the work. Any thread may call; one at a time calls {@link #connect} and {@link #disconnect}.
 *
 * <pre>
 *   open ──► properties ──► connect ──► disconnect ──► connect ... ──► close
 *             waits for               waits for what
 *             the back-end            is in flight
 * </pre>
 *
 * <p>A back-end that goes away is connected again, for ever; what was in flight is executed again. The guest sees a
 * pause.
 */
public final class BlkifDisk implements AutoCloseable {
    private final BlkifDiskOptions options;
    private final BlkifCounters counters = new BlkifCounters();

    private BlkifDisk(BlkifDiskOptions options, XenDevices devices) {
        this.options = options;
    }

    /** Begins to look for the back-end; does not wait for it. */
    public static BlkifDisk open(BlkifDiskOptions options, XenDevices devices) throws IOException {
        return new BlkifDisk(options, devices);
    }

    /** What the guest is to be told; waits for the back-end the first time. */
    public BlkifProperties properties() throws InterruptedException {
        throw new UnsupportedOperationException(options.name());
    }

    /**
     * Maps the guest's rings, binds its event channels and serves it. If the journal is of these rings, what a
     * predecessor of this process left unanswered is executed first.
     *
     * @throws IOException says what is wrong with the guest's numbers; nothing stays mapped or bound then
     */
    public void connect(BlkifConnection connection) throws IOException, InterruptedException {
        throw new UnsupportedOperationException(connection.toString());
    }

    /**
     * Whom to tell when the back-end's disk has changed its size. Called by the disk's thread, which waits meanwhile.
     */
    public void onResize(Consumer<BlkifProperties> listener) {
        throw new UnsupportedOperationException(listener.toString());
    }

    /**
     * Takes no more requests, waits until all that were taken are answered, unmaps and unbinds. Removes the journal.
     * Without a connection it does nothing.
     *
     * @throws InterruptedException the guest is let go of all the same, later; {@link #close} does it at once
     */
    public void disconnect() throws InterruptedException {}

    public BlkifCounters counters() {
        return counters;
    }

    /** Whether there is a back-end now. */
    public boolean isBackendConnected() {
        return false;
    }

    /** Why the guest's requests are not served as they should be, if so. */
    public Optional<String> fault() {
        return Optional.empty();
    }

    /**
     * Lets go of everything at once: what is in flight is not answered. The journal stays, for a successor; whoever knows
     * that the guest is gone removes it.
     */
    @Override
    public void close() {}
}
