package dev.isthmus.blk;

import dev.isthmus.device.VringHandler;
import dev.isthmus.fuzz.AllocationMeter;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.Virtqueue;

/** What a worker does to a ring, in the order in which it does it; its allocation is measured. */
final class Turns {
    private static final int BUDGET = 32;
    private static final int ROUNDS_MAX = 5000;

    private final Virtqueue queue;
    private final VringHandler handler;
    private final AllocationMeter meter;
    private final boolean forgetful;

    Turns(Virtqueue queue, VringHandler handler, AllocationMeter meter, boolean forgetful) {
        this.queue = queue;
        this.handler = handler;
        this.meter = meter;
        this.forgetful = forgetful;
    }

    /** Until there is nothing to do. */
    void turn() {
        meter.begin();
        if (forgetful) {
            queue.poll();
        }
        int rounds = 0;
        do {
            if (++rounds > ROUNDS_MAX) {
                throw new IllegalStateException("the ring never comes to rest");
            }
            int taken = queue.ringFault() == ChainFault.NONE ? handler.takeAvailable(BUDGET) : 0;
            if (taken > 0) {
                queue.suppressNotifications();
            }
            if (handler.hasCompletions()) {
                handler.takeCompletions();
            }
            queue.publish();
        } while (queue.awaitNotification() && queue.ringFault() == ChainFault.NONE);
        meter.end();
    }
}
