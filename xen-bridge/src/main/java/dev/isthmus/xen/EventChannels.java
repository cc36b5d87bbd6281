package dev.isthmus.xen;

import java.io.IOException;

/**
 * Event channels to other domains: {@code public/event_channel.h}. One thread uses it and sleeps on {@link
 * #descriptor}; {@link #signal} may be called by any thread.
 *
 * <p>A port that was reported by {@link #pending} is masked until {@link #unmask}. A port is pending once as soon as it
 * is bound, whatever the other end did: Xen does so, as a notification may have come before.
 */
public interface EventChannels extends AutoCloseable {
    /**
     * Binds the port the other domain allocated for us.
     *
     * @param domain that allocated it
     * @param remotePort as the domain wrote it, u32; nobody has checked it
     * @return our port, by which everything else names the channel
     * @throws IOException when the domain has no such port for us
     */
    int bind(int domain, int remotePort) throws IOException;

    /** Lets go of a port; one that is not bound is nothing. */
    void unbind(int port);

    /** Notifies the other end. One system call, allocates nothing. */
    void signal(int port);

    /**
     * Ports that were notified since they were last unmasked, each once. Does not wait, allocates nothing.
     *
     * @param ports is filled from its beginning
     * @return how many; more may be pending when the array is full
     */
    int pending(int[] ports);

    /** Lets the port be notified again. To be called before the last look at its ring. */
    void unmask(int port);

    /** Readable while a port is pending; a number for poll(2). */
    int descriptor();

    /** Unbinds all ports. */
    @Override
    void close();
}
