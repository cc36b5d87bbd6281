package dev.isthmus.vring;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.linux.OwnedFd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every started ring of the process from outside its worker: is something available that is not taken, or
 * taken and not completed? It only looks, counts and says so. Waking the worker would hide the very fault it is there
 * to show, a lost wake-up. Once a second, it also lets every device look after itself.
 *
 * <p>One thread. It reads the available index in guest memory under a lock that {@link #swapMemory} shares, so that no
 * session unmaps what is being read.
 */
public final class RingWatchdog implements AutoCloseable {
    static final long LOOK_NANOS = 100_000_000;
    /** Looks for one at what takes seconds: requests in flight, and the devices. */
    private static final int LOOKS_PER_ROUND = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RingWatchdog.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<WatchedRing> rings = new ArrayList<>();
    private final List<VirtioDevice> devices = new CopyOnWriteArrayList<>();
    private volatile boolean running = true;
    private boolean complained;
    private final Thread thread;

    public RingWatchdog() {
        thread = Thread.ofPlatform().name("ring-watchdog").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        int looks = 0;
        while (running) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            try {
                look();
                if (++looks % LOOKS_PER_ROUND == 0) {
                    lookAround(System.nanoTime());
                }
            } catch (RuntimeException e) {
                complain(e);
            }
        }
    }

    /** The other devices want to be looked at all the same. */
    private void complain(RuntimeException e) {
        if (!complained) {
            complained = true;
            LOG.error("the watchdog failed, which is a bug; it goes on", e);
        }
    }

    /** One look at what is available in all rings. */
    void look() {
        lock.lock();
        try {
            rings.forEach(WatchedRing::look);
        } finally {
            lock.unlock();
        }
    }

    /** One look at what is in flight in all rings, and at the devices. */
    void lookAround(long nowNanos) {
        lock.lock();
        try {
            rings.forEach(ring -> ring.lookAtRequests(nowNanos));
        } finally {
            lock.unlock();
        }
        devices.forEach(device -> device.look(nowNanos));
    }

    /** From now on the device is looked at, until it is {@linkplain #remove(VirtioDevice) removed}. */
    public void add(VirtioDevice device) {
        devices.add(device);
    }

    public void remove(VirtioDevice device) {
        devices.remove(device);
    }

    void add(WatchedRing ring) {
        lock.lock();
        try {
            rings.add(ring);
        } finally {
            lock.unlock();
        }
    }

    /** When this returns, nobody looks at the ring or its kick descriptor. */
    void remove(VringCounters counters) {
        lock.lock();
        try {
            rings.stream().filter(ring -> ring.counts(counters)).forEach(WatchedRing::gone);
            rings.removeIf(ring -> ring.counts(counters));
        } finally {
            lock.unlock();
        }
    }

    /** The ring goes on with another kick descriptor. When this returns, nobody looks at the one before. */
    void kick(VringCounters counters, @Nullable OwnedFd kick) {
        lock.lock();
        try {
            rings.stream().filter(ring -> ring.counts(counters)).forEach(ring -> ring.kick(kick));
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
