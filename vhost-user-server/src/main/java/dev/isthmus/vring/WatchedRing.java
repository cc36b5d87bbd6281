package dev.isthmus.vring;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.virtqueue.SplitAddresses;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One started ring under the eyes of the {@link RingWatchdog}, and what the last looks saw.
 *
 * <p>What is available and not taken may have three causes, which look alike for a moment. The worker waits for a
 * processor: then the kernel calls its thread runnable. The driver has not kicked yet, because the guest's processor
 * does not run: then the kick comes later. Or a wake-up was lost: then nothing ends it. So a chain counts as lost only
 * when it is not taken for so many looks as {@link WatchLimits#untaken} has room for, and the worker's thread slept at
 * each of them, and the line in the log says whether a kick came meanwhile, that is, whose it is.
 */
final class WatchedRing {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedRing.class);

    private final String name;
    private final Vrings vrings;
    private final SplitAddresses addresses;
    private final int size;
    private final VringCounters counters;
    private final BooleanSupplier workerSleeps;
    private final StallWatch stall;
    private final int lostLooks;
    private @Nullable OwnedFd kick;

    private long lastPosition = -1;
    private int looks;
    private boolean lost;
    private long kicksAtFirstLook;

    /** @param kick stays its owner's, who takes the ring from the watchdog before it closes it */
    WatchedRing(String name, Vrings vrings, SplitAddresses addresses, int size, VringCounters counters,
            BooleanSupplier workerSleeps, StallWatch stall, Duration untaken, @Nullable OwnedFd kick) {
        this.name = name;
        this.vrings = vrings;
        this.addresses = addresses;
        this.size = size;
        this.counters = counters;
        this.workerSleeps = workerSleeps;
        this.stall = stall;
        this.lostLooks = lostLooks(untaken);
        this.kick = kick;
    }

    /** At least one look, if there is a limit at all. */
    static int lostLooks(Duration untaken) {
        return untaken.isZero() ? Integer.MAX_VALUE
                : Math.clamp(untaken.toNanos() / RingWatchdog.LOOK_NANOS, 1, Integer.MAX_VALUE - 1);
    }

    boolean counts(VringCounters these) {
        return counters == these;
    }

    /** The ring goes on with another kick descriptor. */
    void kick(@Nullable OwnedFd next) {
        kick = next;
        looks = 0;
    }

    /** One look at what is available. */
    void look() {
        long position = counters.position.get();
        boolean same = position == lastPosition;
        lastPosition = position;
        boolean untaken = same && counters.taking.get() != 0 && isAvailable(position);
        if (untaken) {
            counters.notTakenLooks.increment();
            untaken();
        } else {
            taken();
        }
    }

    /** One look at what is in flight. */
    void lookAtRequests(long nowNanos) {
        stall.look(nowNanos);
    }

    /** Nobody looks any more. */
    void gone() {
        lost = false;
        counters.untakenNanos.set(0);
        stall.end();
    }

    private void untaken() {
        if (!lost && !workerSleeps.getAsBoolean()) {
            looks = 0;
            return;
        }
        if (looks == 0) {
            kicksAtFirstLook = kicks();
        }
        looks++;
        if (!lost && looks >= lostLooks) {
            lost = true;
            counters.lostWakeups.increment();
            LOG.error("{}: a chain has been available for {} looks, the worker sleeps, and {}", name, looks,
                    kicks() == kicksAtFirstLook ? "no kick came" : "a kick did not wake it");
        }
        if (lost) {
            counters.untakenNanos.set(looks * RingWatchdog.LOOK_NANOS);
        }
    }

    private void taken() {
        if (lost) {
            lost = false;
            counters.untakenNanos.set(0);
            LOG.error("{}: taken after {} looks; {}", name, looks,
                    kicks() == kicksAtFirstLook ? "no kick had come" : "a kick had come");
        }
        looks = 0;
    }

    private long kicks() {
        return kick == null ? 0 : EventFd.count(kick);
    }

    private boolean isAvailable(long position) {
        GuestMemory memory = vrings.memory();
        long available = addresses.hostAvailableIndex(memory, size);
        try {
            return available != GuestMemory.NOT_MAPPED && HostMemory.u16(available) != position;
        } catch (InternalError e) {
            return false; // its file was truncated; the worker finds out by itself
        }
    }
}
