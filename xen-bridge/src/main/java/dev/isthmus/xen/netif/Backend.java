package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import org.jspecify.annotations.Nullable;

/**
 * Where frames go to and come from, with memory of its own. Hot; the worker's alone. Nothing here throws for what the
 * other side did. Queues are numbered as the guest's.
 */
interface Backend {
    /** What was negotiated: bits of {@link NetLayout}. */
    long features();

    /**
     * An empty frame to be sent, with room for its header and for the largest number of pages; null when there is none
     * now. It comes back by {@link #send} or {@link #drop}.
     */
    @Nullable
    Frame prepare(int queue);

    /** The next page of a frame that was prepared: {@link Limits#PAGES_MAX} of them can be had. */
    long page(int queue);

    /**
     * Sends a frame, at the next {@link #publish} at the latest. Its pieces begin their pages, the first the header.
     */
    void send(int queue, Frame frame);

    /** Gives a frame back that is not to be sent, with its pages. */
    void drop(int queue, Frame frame);

    /** The next frame received, the caller's until {@link #release}; null when there is none. */
    @Nullable
    Frame receive(int queue);

    void release(int queue, Frame frame);

    /** Whether a frame that is received wakes the worker: not while one waits for the guest. */
    void watch(int queue, boolean on);

    void publish();

    /** Frames sent and not done yet. */
    int inFlight();
}
