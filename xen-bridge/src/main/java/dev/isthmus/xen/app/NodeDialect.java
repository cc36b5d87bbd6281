package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import java.io.IOException;
import java.util.Map;

/**
 * What a kind of device and its guest say to each other in xenstore. The state is the last of the nodes, as it says all
 * is there.
 *
 * @param <W> what a guest wants served
 * @param <P> what it is told
 */
interface NodeDialect<W, P> {
    /** Before the guest sets up its rings, state 2 among them. */
    Map<String, String> offered(Xenstore store, String backend, P properties) throws IOException;

    /** When its rings are served, state 4 among them. */
    Map<String, String> connected(Xenstore store, String backend, P properties) throws IOException;

    /** The device has changed; the state is written again, since that is what the guest watches. */
    Map<String, String> changed(String backend, P properties);

    /**
     * Where the guest says its rings are. It may write anything there; what is wrong is an {@link IOException} that
     * says so.
     *
     * @param frontend the guest's directory
     * @param limits what it was offered
     * @param takenOver whether somebody may have served these rings already
     */
    W read(Xenstore store, String frontend, P limits, boolean takenOver) throws IOException;

    /** For a log line. */
    String describe(P properties);
}
