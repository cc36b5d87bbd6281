package dev.isthmus.xen;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Xenstore, {@code docs/misc/xenstore.txt} of Xen: a tree of small values that domains share. Paths are absolute, or
 * relative to our own domain's directory. Any thread may call; a call waits for the store's answer and throws when the
 * store refuses or is gone.
 *
 * <p>Values that a guest may write are untrusted: whoever reads them checks them.
 */
public interface Xenstore extends AutoCloseable {
    /** The value, if there is such a node. */
    Optional<String> read(String path) throws IOException;

    /** Names of a node's children, in no order; none when there is no such node. */
    List<String> list(String path) throws IOException;

    /** Writes a value, and the nodes above it when they are missing. */
    void write(String path, String value) throws IOException;

    /** Writes all values or, when someone else changed what they build on, all of them again: nobody sees a part. */
    void writeAll(Map<String, String> valuesByPath) throws IOException;

    /**
     * Writes all values like {@link #writeAll}, but only while a node is there: a device that a toolstack has just
     * removed does not come back as a few lone nodes.
     *
     * @return whether it was there
     */
    boolean writeAllIf(String existing, Map<String, String> valuesByPath) throws IOException;

    /** Removes a node with all below it; one that is not there is nothing. */
    void remove(String path) throws IOException;

    /**
     * Sets who may do what with a node. Nodes that are made below it later get the same.
     *
     * @param permissions as the protocol writes them: {@code n0} the owner (and that nobody else may anything), {@code
     *            r5} domain 5 may read, {@code w5} write, {@code b5} both
     */
    void permit(String path, List<String> permissions) throws IOException;

    /** Whether the store knows a domain: from its creation to {@code @releaseDomain}, after which it is dead. */
    boolean isIntroduced(int domain) throws IOException;

    /**
     * Has every change at or below a path reported, and reports once at once. Special paths: {@code @introduceDomain},
     * {@code @releaseDomain}.
     *
     * @param token comes back with each event; tells watches of one path apart
     */
    void watch(String path, String token) throws IOException;

    /** Ends a watch; one that is not set is nothing. Events that wait already are still delivered. */
    void unwatch(String path, String token) throws IOException;

    /**
     * The next event of any watch; waits for it. Equal events that wait together are one, so that a guest that writes
     * all day fills no queue.
     *
     * @return empty after {@link #close}, or when the store is gone
     */
    Optional<WatchEvent> awaitEvent() throws InterruptedException;

    /** The same, but waits no longer than this. */
    Optional<WatchEvent> awaitEvent(Duration atMost) throws InterruptedException;

    @Override
    void close();

    /** What changed, and the token of the watch that saw it. */
    record WatchEvent(String path, String token) {}
}
