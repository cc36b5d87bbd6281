package dev.isthmus.vring;

import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Watch;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.Virtqueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A started vring in its worker's hands. Hot path. Descriptors stay owned by {@link VringSetup}. */
final class Vring {
    private static final int NO_FD = -1;

    final int index;
    final Virtqueue queue;
    final VringHandler handler;
    final VringCounters counters;
    private final FaultListener faultListener;

    private int call = NO_FD;
    private boolean callMayBlock;
    private int err = NO_FD;
    private boolean enabled;
    private boolean faulted;
    private boolean abandoned;
    private boolean polled;
    /** Began with requests of a predecessor and has answered nothing yet. */
    private boolean replaying;
    private @Nullable Watch kickWatch;
    private @Nullable CompletableFuture<Integer> draining;

    Vring(int index, Virtqueue queue, VringHandler handler, VringCounters counters, FaultListener faultListener) {
        this.index = index;
        this.queue = queue;
        this.handler = handler;
        this.counters = counters;
        this.faultListener = faultListener;
        counters.position.set(queue.base());
        counters.resubmitted.add(queue.unfinished());
        replaying = queue.isRecovering();
    }

    /**
     * One turn; returns the work done. A turn is short, so that driver, worker and disk work beside and not after one
     * another: what is done is shown, and what was asked of the disk is handed over, before the next few are taken.
     */
    int turn() {
        int taken = isTaking() ? take() : 0;
        int work = taken;
        if (handler.hasCompletions()) {
            work += handler.takeCompletions();
        }
        if (replaying && work > taken) {
            replaying = false;
            counters.recovery.answered();
        }
        if (work > 0) {
            boolean notify = !abandoned && queue.publish();
            // Awake, and looking by ourselves until the next arm().
            if (isTaking()) {
                queue.suppressNotifications();
            }
            counters.inFlight.set(queue.inFlight());
            notify(notify);
        }
        return work;
    }

    private int take() {
        int taken = handler.takeAvailable(handler.chainsPerTurn(Limits.CHAINS_PER_TURN));
        if (taken > 0) {
            counters.chainsTaken.add(taken);
        }
        counters.position.set(queue.base());
        if (queue.ringFault() != ChainFault.NONE) {
            fault();
        }
        return taken;
    }

    private void notify(boolean wanted) {
        if (abandoned) {
            return;
        }
        if (wanted) {
            signalCall();
            counters.notificationsSent.increment();
        } else {
            counters.notificationsSuppressed.increment();
        }
    }

    /** The ring itself is broken: it is not looked at any more; what is in flight is still handed back. */
    private void fault() {
        faulted = true;
        taking();
        counters.faults(queue.ringFault()).increment();
        if (err != NO_FD && EventFd.isWritable(err)) {
            EventFd.signal(err);
        }
        faultListener.ringStopped(index, queue.ringFault());
    }

    /** Guest memory may be gone: nothing in it is touched any more. */
    void abandon() {
        abandoned = true;
        faulted = true;
        taking();
        handler.abandon();
    }

    /** Asks the driver to notify; true if there is work already. */
    boolean arm() {
        boolean more = false;
        if (isTaking() && handler.wantsChains()) {
            more = queue.awaitNotification();
        } else if (isTaking()) {
            queue.suppressNotifications();
        }
        taking();
        return more;
    }

    /** A ring that is to stop still takes what a predecessor left: its base says that this is taken. */
    private boolean isTaking() {
        return (enabled || handler.worksWhileDisabled()) && !faulted && (draining == null || queue.isRecovering());
    }

    private void taking() {
        counters.taking.set(isTaking() && handler.wantsChains() && !queue.isFull() ? 1 : 0);
    }

    /** A full eventfd of somebody who made it blocking would stop us; a full one is a signal already. */
    private void signalCall() {
        boolean skip = call == NO_FD || (callMayBlock && !EventFd.isWritable(call));
        if (!skip) {
            EventFd.signal(call);
        }
    }

    void setCall(@Nullable OwnedFd fd, boolean mayBlock) {
        call = fd == null ? NO_FD : fd.number();
        callMayBlock = mayBlock;
        // Something may have been published before there was anybody to tell. A spurious notification does no harm
        // (2.7.7.1).
        if (!abandoned) {
            signalCall();
        }
    }

    void setErr(@Nullable OwnedFd fd) {
        err = fd == null ? NO_FD : fd.number();
    }

    void setEnabled(boolean enable) {
        enabled = enable;
        handler.setEnabled(enable);
        taking();
    }

    void setKickWatch(@Nullable Watch watch) {
        if (kickWatch != null) {
            kickWatch.close();
        }
        kickWatch = watch;
        polled = watch == null;
    }

    /** How long the worker may sleep: a ring without a kick descriptor must be looked at from time to time. */
    long restNanosMax() {
        boolean looked = polled && isTaking();
        return looked ? Limits.POLLED_RING_NANOS : handler.restNanosMax();
    }

    /** Goes on in another memory table, with nothing in hand that waits in the old one for no known time. */
    void memory(GuestMemoryLease next) {
        handler.letGo();
        queue.memory(next);
    }

    /** Stops taking; {@code base} gets our position when nothing is in flight any more. */
    void drain(CompletableFuture<Integer> base) {
        draining = base;
        handler.letGo();
        taking();
    }

    boolean isDrained() {
        return draining != null && !isTaking() && isIdle();
    }

    boolean isIdle() {
        return handler.inFlight() == 0 && (abandoned || queue.inFlight() == 0);
    }

    /** Ends the ring and answers {@link #drain}. */
    void finish() {
        setKickWatch(null);
        handler.close();
        int base = queue.base();
        queue.close();
        counters.inFlight.set(0);
        CompletableFuture<Integer> waiting = draining;
        if (waiting != null) {
            waiting.complete(base);
        }
    }

    /** Told about faults, on the worker; rare. */
    interface FaultListener {
        void ringStopped(int index, ChainFault fault);
    }
}
