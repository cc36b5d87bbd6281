package dev.isthmus.vhostuser;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread is about to do. */
public final class Waiting {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private Waiting() {}

    /** Fails when it has not come true after 20 seconds. */
    public static void until(String what, BooleanSupplier isTrue) {
        long begin = System.nanoTime();
        while (!isTrue.getAsBoolean()) {
            if (System.nanoTime() - begin > LIMIT_NANOS) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Time enough for something that must not happen. */
    public static void aMoment() {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(60)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
