package dev.isthmus.vring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks at every started ring of the process from outside its worker: is something available that is not taken? It only
 * looks and counts. Waking the worker would hide the very fault it is there to show, a lost wake-up.
 *
 * <p>One thread. It reads the available index in guest memory under a lock that {@link #swapMemory} shares, so that no
 * session unmaps what is being read.
 */
public final class RingWatchdog implements AutoCloseable {
    private static final long LOOK_NANOS = 100_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<WatchedRing> rings = new ArrayList<>();
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
            rings.forEach(WatchedRing::look);
        } finally {
            lock.unlock();
        }
    }

    void add(WatchedRing ring) {
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
            rings.removeIf(ring -> ring.counts(counters));
        } finally {
            lock.unlock();
        }
    }

    /** Changes a connection's memory table while nobody looks. */
    void swapMemory(Runnable swap) {
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
}
