package dev.isthmus.vring;

import dev.isthmus.counters.LatencyHistogram;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long a device's front-ends take to come back, in parts. After a process was killed or restarted this is what its
 * successor can know of the pause the guest sees; what lies before, it did not live to see.
 *
 * <pre>
 *   listens, or          front-end          its first           the first request is answered
 *   the last one left    has connected      ring starts         on a ring with some of a predecessor
 *         │ ── CONNECT ──────► │ ── CONFIGURE ──► │ ── REPLAY ────────► │
 * </pre>
 *
 * <p>One connection at a time. All is written by the thread that serves it, except {@link #answered}.
 */
public final class RecoveryTimes {
    /** A part; the last one is there only if a predecessor had left something. */
    public enum Phase {
        CONNECT,
        CONFIGURE,
        REPLAY
    }

    private final LatencyHistogram connect = new LatencyHistogram();
    private final LatencyHistogram configure = new LatencyHistogram();
    private final LatencyHistogram replay = new LatencyHistogram();

    private long alone = System.nanoTime();
    private long connected;
    private boolean started;
    /** Of the first ring; workers learn of it by the command that gives them a ring. */
    private long start;
    private final AtomicBoolean answered = new AtomicBoolean();

    /** Over all connections. */
    public LatencyHistogram of(Phase phase) {
        return switch (phase) {
            case CONNECT -> connect;
            case CONFIGURE -> configure;
            case REPLAY -> replay;
        };
    }

    /** There is no front-end from now on; so it is from the beginning. */
    public void disconnected() {
        alone = System.nanoTime();
    }

    public void connected() {
        connected = System.nanoTime();
        started = false;
        connect.record(connected - alone);
    }

    /** A ring is about to start; only a connection's first counts. */
    void ringStarts() {
        if (!started) {
            started = true;
            start = System.nanoTime();
            answered.set(false);
            configure.record(start - connected);
        }
    }

    /** A ring that began with requests of a predecessor answers for the first time. Any worker; the first counts. */
    void answered() {
        if (answered.compareAndSet(false, true)) {
            replay.record(System.nanoTime() - start);
        }
    }
}
