package dev.isthmus.vring;

import dev.isthmus.device.VirtioDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Taken but not completed: whether the oldest request of a ring is older than it may be, which is what a hanging disk
 * looks like. Nothing is done about it, since what the kernel has cannot be taken back from it; it is counted, and said
 * when it begins and when it ends.
 */
final class StallWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final VirtioDevice device;
    private final int queue;
    private final VringCounters counters;
    private final long limitNanos;

    /** @param limitNanos 0: none */
    StallWatch(String name, VirtioDevice device, int queue, VringCounters counters, long limitNanos) {
        this.name = name;
        this.device = device;
        this.queue = queue;
        this.counters = counters;
        this.limitNanos = limitNanos;
    }

    /** One look. */
    void look(long nowNanos) {
        long age = limitNanos == 0 ? 0 : device.oldestRequestNanos(queue, nowNanos);
        if (age < limitNanos || age == 0) {
            end();
            return;
        }
        if (counters.stalledNanos.get() == 0) {
            counters.stalls.increment();
            LOG.error("{}: a request has been in flight for {} s; the guest waits for it", name, seconds(age));
        }
        counters.stalledNanos.set(age);
    }

    /** No request is that old any more, or nobody waits for it. */
    void end() {
        long age = counters.stalledNanos.get();
        if (age != 0) {
            counters.stalledNanos.set(0);
            LOG.error("{}: goes on; requests had been in flight for {} s and more", name, seconds(age));
        }
    }

    private static long seconds(long nanos) {
        return Math.round(nanos / NANOS_PER_SECOND);
    }
}
