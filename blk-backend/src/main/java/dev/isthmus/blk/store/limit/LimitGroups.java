package dev.isthmus.blk.store.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The limits of a process: of devices alone and of groups that share one. Any thread may change them. */
public final class LimitGroups {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Limiter> limiters = new ArrayList<>();

    /**
     * Gives a device a limit, in force when this returns.
     *
     * @param group whose limit this becomes, and which the device joins; null: the device's alone
     * @param deviceName the group's name if there is none
     * @param limit off: the device leaves what it was in
     */
    public void set(LimitStore store, String deviceName, @Nullable String group, Limit limit) {
        lock.lock();
        try {
            Limiter before = store.limiter();
            store.limiter(limit.isOn() ? find(group == null ? "device " + deviceName : "group " + group, limit) : null);
            if (before != null && before.isEmpty()) {
                limiters.remove(before);
            }
        } finally {
            lock.unlock();
        }
    }

    private Limiter find(String name, Limit limit) {
        for (Limiter limiter : limiters) {
            if (limiter.name().equals(name)) {
                limiter.limit(limit);
                return limiter;
            }
        }
        Limiter limiter = Limiter.of(name, limit);
        limiters.add(limiter);
        return limiter;
    }
}
