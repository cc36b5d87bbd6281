package dev.isthmus.virtqueue;

import dev.isthmus.memory.GuestMemoryLease;

/**
 * A virtqueue from the device's side, whatever its layout. Owned by one worker; no method is thread safe, allocates in
 * steady state, or throws for anything a guest does.
 *
 * <pre>
 *   poll ──► chain(head) ──► the device works ──► addUsed ──► publish ──► notify the driver?
 *     NONE: awaitNotification, and sleep only if it says that nothing came meanwhile
 *     BROKEN: {@link #ringFault} says why; the vring must be stopped
 * </pre>
 */
public interface Virtqueue extends AutoCloseable {
    /** {@link #poll}: nothing is available. */
    int NONE = -1;

    /** {@link #poll}: the ring itself is faulty. */
    int BROKEN = -2;

    int size();

    /** Takes the next available chain: its head, {@link #NONE} or {@link #BROKEN}. The chain itself may be faulty. */
    int poll();

    /** The chain taken at a head; valid until {@link #addUsed}. */
    DescriptorChain chain(int head);

    /**
     * Hands a chain back. The driver sees it after {@link #publish}.
     *
     * @param length bytes written to the device-writable part, from its beginning; an underestimate is allowed (virtio
     *     1.3, 2.7.8.2)
     */
    void addUsed(int head, long length);

    /**
     * Takes back the newest {@link #poll}: the chain is not in flight any more, and is the next to be taken, as if it
     * had never been. Several go back newest first.
     *
     * @param head the one taken last of those that are in flight; no later one was handed back
     */
    void giveBack(int head);

    /** Shows the driver what was handed back; whether it wants to be notified. */
    boolean publish();

    /** Tells the driver that we look by ourselves. A hint: spurious notifications may come. */
    void suppressNotifications();

    /** Asks for a notification at the next chain; true if one is available already, and then none may come. */
    boolean awaitNotification();

    /** Chains a predecessor took and did not hand back, less those that were taken again. */
    int unfinished();

    /** Whether the next chains are ones a predecessor took and did not hand back. */
    boolean isRecovering();

    /** Whether no more is taken until something is handed back: {@link Limits#IN_FLIGHT_MAX} and what it says. */
    boolean isFull();

    /** Chains taken and not handed back. */
    int inFlight();

    /** Our position in the available ring as GET_VRING_BASE reports it. */
    int base();

    /** Why {@link #poll} said BROKEN. */
    ChainFault ringFault();

    /** Goes on in another memory table; requests in flight keep the old one. The ring breaks if it is not in there. */
    void memory(GuestMemoryLease lease);

    /** Frees what is ours. Nothing is in flight. */
    @Override
    void close();
}
