package dev.isthmus.frontend;

import dev.isthmus.virtqueue.VirtqueueFeatures;

/**
 * A virtqueue as its driver uses it, whatever its layout. One thread uses it; nothing here allocates, blocks or throws
 * for what the back-end did.
 *
 * <pre>
 *   add(chain) ... add(chain)      publish() ──► kick, if it says so
 *   pending() ──► takeUsed() ... takeUsed()
 *   awaitNotification() ──► sleep on the call eventfd, if it says that nothing is there
 * </pre>
 */
public interface DriverVirtqueue {
    /** Feature bits this side implements: virtio 1.3, 6. */
    long VERSION_1 = VirtqueueFeatures.VERSION_1;

    long EVENT_IDX = VirtqueueFeatures.EVENT_IDX;
    long INDIRECT_DESC = VirtqueueFeatures.INDIRECT_DESC;

    /** {@link #add}: not enough descriptors are free. */
    int NO_ROOM = -1;

    /** {@link #pending}, {@link #takeUsed}: the back-end broke a rule, see {@link #fault}; nothing more comes. */
    int BROKEN = -2;

    int size();

    /**
     * Makes a descriptor chain, which the device sees with the next {@link #publish}.
     *
     * @param chain at least one piece; may be changed as soon as this returns
     * @return its head, 0 to {@link #size} - 1, by which it will come back; or {@link #NO_ROOM}
     */
    int add(DriverChain chain);

    /** Makes all added chains available; whether the back-end wants a kick for them. */
    boolean publish();

    /** Chains handed back and not yet taken, as far as is known; looks anew when that is 0. Or {@link #BROKEN}. */
    int pending();

    /**
     * The head of the next chain that was handed back; its descriptors are free from now on. Only after {@link
     * #pending} gave more than was taken since. Or {@link #BROKEN}.
     */
    int takeUsed();

    /** How many bytes the device says it wrote into the chain last taken, u32. Nobody has checked it. */
    long usedLength();

    /** From now on the back-end need not notify; it may all the same. */
    void suppressNotifications();

    /**
     * Asks for a notification when the next chain is handed back.
     *
     * @return whether one is there already, so that the caller must not sleep; true also when the queue is broken
     */
    boolean awaitNotification();

    /** Chains added and not yet taken back. */
    int inFlight();

    UsedFault fault();
}
