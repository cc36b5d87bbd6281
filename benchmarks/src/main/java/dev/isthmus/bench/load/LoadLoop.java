package dev.isthmus.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The client's thread: keeps all requests in flight for some time, then lets them come back. */
final class LoadLoop {
    /** While nothing comes, the clock is looked at once in so many looks at the rings. */
    private static final int LOOKS_PER_TIME = 1024;
    /**
     * A client that sleeps and has more than one request in flight looks again so often, for about a microsecond. That
     * is less than a guest's interrupt and what follows it take, in which answers gather; a client without either would
     * sleep and be woken for each of them, and measure that. With one request there is nothing to gather.
     */
    private static final int LOOKS_BEFORE_SLEEP = 32;

    /** While nothing comes, the connection is looked at so often. */
    private static final long CONNECTION_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LoadSpec spec;
    private final LoadDevice device;
    private final LoadRing[] rings;
    private final int looksBeforeSleep;
    private final Duration patience;
    private final long patienceNanos;
    private boolean refill = true;
    private int looks;
    private int emptyLooks;
    private long nowNanos;
    private long seenNanos;
    private long lookedNanos;

    /** @param patience how long no request may be answered */
    LoadLoop(LoadSpec spec, LoadDevice device, Duration patience) {
        this.spec = spec;
        this.device = device;
        this.rings = device.rings();
        this.looksBeforeSleep = isAlone(spec) ? 0 : LOOKS_BEFORE_SLEEP;
        this.patience = patience;
        this.patienceNanos = patience.toNanos();
    }

    /** Whether there is one request at a time. */
    static boolean isAlone(LoadSpec spec) {
        return spec.queues() * spec.depth() == 1;
    }

    LoadResult run(Consumer<Boolean> counting) throws IOException {
        for (LoadRing ring : rings) {
            if (spec.poll()) {
                ring.queue().suppressNotifications();
            }
            ring.begin();
        }
        nowNanos = System.nanoTime();
        seenNanos = nowNanos;
        lookedNanos = nowNanos;
        go(spec.warmUp().toNanos());
        counting.accept(true);
        device.tally().begin();
        go(spec.duration().toNanos());
        device.tally().end();
        counting.accept(false);
        refill = false;
        while (inFlight() > 0) {
            step();
        }
        device.stop();
        return device.tally().result();
    }

    private void go(long nanos) throws IOException {
        nowNanos = System.nanoTime();
        long end = nowNanos + nanos;
        while (end - nowNanos > 0) {
            step();
        }
    }

    private int inFlight() {
        int inFlight = 0;
        for (LoadRing ring : rings) {
            inFlight += ring.queue().inFlight();
        }
        return inFlight;
    }

    /**
     * Looks at every ring once. A client that sleeps asks for a notification only after it found nothing: as long as
     * answers come nobody has to be woken for them, which is how Linux and libblkio do it.
     */
    private void step() throws IOException {
        boolean any = false;
        for (LoadRing ring : rings) {
            if (ring.turn(refill) > 0) {
                any = true;
                nowNanos = ring.seenNanos();
                seenNanos = nowNanos;
            }
        }
        if (any) {
            emptyLooks = 0;
        } else if (spec.poll()) {
            spin();
        } else if (emptyLooks < looksBeforeSleep) {
            emptyLooks++;
            Thread.onSpinWait();
        } else {
            emptyLooks = 0;
            sleep();
            lookAtTheClock();
        }
    }

    private void spin() throws IOException {
        Thread.onSpinWait();
        looks++;
        if (looks % LOOKS_PER_TIME == 0) {
            lookAtTheClock();
        }
    }

    private void sleep() throws IOException {
        boolean more = false;
        for (LoadRing ring : rings) {
            more |= ring.queue().awaitNotification();
        }
        if (!more) {
            if (!device.call().await() && !isNothingPending()) {
                expectNotification();
            }
            for (LoadRing ring : rings) {
                ring.queue().suppressNotifications();
            }
        }
    }

    /** Something was answered after a notification was asked for: one must be on its way. */
    private void expectNotification() throws IOException {
        long begin = System.nanoTime();
        while (!device.call().await()) {
            if (System.nanoTime() - begin > patienceNanos) {
                throw new IOException("a request was answered and the notification that was asked for has not come in "
                        + patience.toMillis() + " ms");
            }
        }
    }

    private void lookAtTheClock() throws IOException {
        nowNanos = System.nanoTime();
        if (nowNanos - lookedNanos > CONNECTION_NANOS) {
            lookedNanos = nowNanos;
            if (device.frontend().isGone()) {
                throw new IOException("the back-end went away; in flight are " + inFlight());
            }
        }
        // This thread may itself have waited that long for a processor: so look once more.
        if (nowNanos - seenNanos > patienceNanos && isNothingPending()) {
            throw new IOException("no request was answered for " + patience.toMillis() + " ms; in flight are "
                    + inFlight() + failed());
        }
    }

    private boolean isNothingPending() {
        for (LoadRing ring : rings) {
            if (ring.queue().pending() != 0) {
                return false;
            }
        }
        return true;
    }

    private String failed() {
        StringBuilder text = new StringBuilder();
        for (LoadRing ring : rings) {
            if (ring.vring().hasFailed()) {
                text.append("; the back-end gave up on queue ").append(ring.vring().index());
            }
        }
        return text.toString();
    }
}
