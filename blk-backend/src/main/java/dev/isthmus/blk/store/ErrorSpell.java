package dev.isthmus.blk.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A time in which one kind of request fails in one way again and again: from the first failure until there was none for
 * a while. One line says that it begins and one that it is over, however many requests failed. Any thread.
 */
final class ErrorSpell {
    /** Longer than the next attempt of whoever tries again, and than most scrapes are apart. */
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicBoolean on = new AtomicBoolean();
    private final AtomicLong failures = new AtomicLong();
    private volatile long lastNanos;

    /** A request failed; whether that begins a spell. */
    boolean failed(long nowNanos) {
        lastNanos = nowNanos;
        failures.incrementAndGet();
        return on.compareAndSet(false, true);
    }

    boolean isOn() {
        return on.get();
    }

    /** Whether it is on and there was no failure for a while. */
    boolean isQuiet(long nowNanos) {
        return on.get() && nowNanos - lastNanos >= QUIET_NANOS;
    }

    /** Ends it; returns how many requests failed. */
    long end() {
        on.set(false);
        return failures.getAndSet(0);
    }
}
