package dev.isthmus.blk.store.limit;

import dev.isthmus.blk.store.StoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One budget, and the devices that share it: each has its own queue of requests that are held, and they go in turns, so
 * that one which asks for much takes nothing from one which asks for little. Any thread may call. Only limited devices
 * come here, so the lock costs others nothing.
 */
public final class Limiter {
    /** A turn lets go what became free meanwhile; more turns would only be more wake-ups. */
    private static final long TURN_NANOS = 1_000_000;

    private final String name;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<LimitStore> members = new ArrayList<>();
    private final ScheduledExecutorService timer;
    private Budget budget;
    private int held;
    private int next;
    private boolean armed;

    private Limiter(String name, Limit limit, LongSupplier clock, ScheduledExecutorService timer) {
        this.name = name;
        this.clock = clock;
        this.timer = timer;
        this.budget = new Budget(limit, clock.getAsLong());
    }

    static Limiter of(String name, Limit limit) {
        return of(name, limit, System::nanoTime, Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("limit-" + name).factory()));
    }

    /** With a clock and a timer of a test's. */
    static Limiter of(String name, Limit limit, LongSupplier clock, ScheduledExecutorService timer) {
        return new Limiter(name, limit, clock, timer);
    }

    String name() {
        return name;
    }

    Limit limit() {
        lock.lock();
        try {
            return budget.limit();
        } finally {
            lock.unlock();
        }
    }

    /** In force at once, for what is held already as well. */
    void limit(Limit limit) {
        lock.lock();
        try {
            budget = new Budget(limit, clock.getAsLong());
        } finally {
            lock.unlock();
        }
        turn();
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return members.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void join(LimitStore store) {
        lock.lock();
        try {
            members.add(store);
        } finally {
            lock.unlock();
        }
    }

    /** Lets all go that is held of it, and ends with the last. */
    void leave(LimitStore store) {
        lock.lock();
        try {
            members.remove(store);
            if (members.isEmpty()) {
                timer.shutdown();
            }
        } finally {
            lock.unlock();
        }
        letGo(store); // nothing of it is held from now on
    }

    /** Whether the request is held, and will be given to the store later. */
    boolean holds(LimitStore store, StoreRequest request) {
        lock.lock();
        try {
            if (!members.contains(store)) {
                return false;
            }
            budget.fill(clock.getAsLong());
            if (held == 0 && budget.isOpen()) {
                budget.take(request.lengthBytes());
                return false;
            }
            store.held().add(request);
            held++;
            arm();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A drain does not wait for a budget. */
    void letGo(LimitStore store) {
        List<StoreRequest> all;
        lock.lock();
        try {
            all = new ArrayList<>(store.held());
            store.held().clear();
            held -= all.size();
        } finally {
            lock.unlock();
        }
        all.forEach(store.behind()::submit);
    }

    /** How many requests of a store are held. */
    int heldOf(LimitStore store) {
        lock.lock();
        try {
            return store.held().size();
        } finally {
            lock.unlock();
        }
    }

    private void arm() {
        if (!armed && held > 0 && !timer.isShutdown()) {
            armed = true;
            var unused = timer.schedule(this::onTime, Math.max(TURN_NANOS, budget.nanosUntilOpen()),
                    TimeUnit.NANOSECONDS);
        }
    }

    private void onTime() {
        lock.lock();
        try {
            armed = false;
        } finally {
            lock.unlock();
        }
        turn();
    }

    private record Free(LimitStore store, StoreRequest request) {}

    /** Lets go what the budget allows, one request of each device in turn. */
    private void turn() {
        List<Free> free = new ArrayList<>();
        lock.lock();
        try {
            budget.fill(clock.getAsLong());
            while (held > 0 && (!budget.limit().isOn() || budget.isOpen())) {
                Free one = takeNext();
                budget.take(one.request().lengthBytes());
                free.add(one);
            }
            arm();
        } finally {
            lock.unlock();
        }
        free.forEach(one -> one.store().behind().submit(one.request()));
    }

    private Free takeNext() {
        while (true) { // ends: held > 0
            next = (next + 1) % members.size();
            LimitStore store = members.get(next);
            StoreRequest request = store.held().poll();
            if (request != null) {
                held--;
                return new Free(store, request);
            }
        }
    }
}
