package dev.isthmus.vring;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.virtqueue.SplitAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every started ring of the process from outside its worker: is something available that is not taken? It only
 * looks and counts. Waking the worker would hide the very fault it is there to show, a lost wake-up.
 *
 * <p>One thread. It reads the available index in guest memory under a lock that {@link #swapMemory} shares, so that no
 * session unmaps what is being read.
 */
public final class RingWatchdog implements AutoCloseable {
    /**
     * Looks in a row at one untaken chain, with the worker asleep, that make a lost wake-up: no scheduler is that late.
     */
    public static final int LOST_LOOKS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RingWatchdog.class);
    private static final long LOOK_NANOS = 100_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Watched> rings = new ArrayList<>();
    private volatile boolean running = true;
    private final Thread thread;

    public RingWatchdog() {
        thread = Thread.ofPlatform().name("ring-watchdog").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (running) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            look();
        }
    }

    /** One look at all rings. */
    void look() {
        lock.lock();
        try {
            rings.forEach(Watched::look);
        } finally {
            lock.unlock();
        }
    }

    void add(Watched ring) {
        lock.lock();
        try {
            rings.add(ring);
        } finally {
            lock.unlock();
        }
    }

    void remove(VringCounters counters) {
        lock.lock();
        try {
            rings.removeIf(ring -> ring.counters == counters);
        } finally {
            lock.unlock();
        }
    }

    /** Changes a connection's memory table while nobody looks. */
    void swapMemory(Vrings vrings, Runnable swap) {
        lock.lock();
        try {
            swap.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
    }

    /** One started ring, and what the last look saw. */
    static final class Watched {
        private final Vrings vrings;
        private final BooleanSupplier sleeping;
        private final SplitAddresses addresses;
        private final int size;
        private final VringCounters counters;
        private final String name;
        private long lastPosition = -1;
        private int looks;

        Watched(Vrings vrings, BooleanSupplier sleeping, SplitAddresses addresses, int size, VringCounters counters,
                String name) {
            this.vrings = vrings;
            this.sleeping = sleeping;
            this.addresses = addresses;
            this.size = size;
            this.counters = counters;
            this.name = name;
        }

        private void look() {
            long position = counters.position.get();
            boolean same = position == lastPosition;
            lastPosition = position;
            boolean untaken = same && counters.taking.get() != 0 && isAvailable(position);
            looks = untaken ? looks + 1 : 0;
            if (untaken) {
                counters.notTakenLooks.increment();
            }
            if (looks == LOST_LOOKS && sleeping.getAsBoolean()) {
                counters.lostWakeups.increment();
                LOG.error("{}: a chain has been available for a second and the worker sleeps: a wake-up was lost",
                        name);
            }
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
}
