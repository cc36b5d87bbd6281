package dev.isthmus.xen.bridge;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the back-end: connects, and connects again, for ever. The worker's alone, but for what is said to be
 * anyone's; cold.
 */
final class BackendLink<P extends DeviceProperties<P>, C extends BackendDevice<P>> {
    private static final Logger LOG = LoggerFactory.getLogger(BackendLink.class);
    private static final long PAUSE_MILLIS_MIN = 20;
    private static final long PAUSE_MILLIS_MAX = 1000;
    /** A connection that lasted so long was of use. */
    private static final long USE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final DeviceKind<?, P, C> kind;
    private final CompletableFuture<P> first = new CompletableFuture<>();

    private @Nullable C connection;
    private long pauseMillis = PAUSE_MILLIS_MIN;
    private long attemptNanos = System.nanoTime();
    private long connectedNanos;
    private String lastProblem = "";

    private volatile @Nullable P properties;
    private volatile @Nullable String problem = "the back-end was not connected yet";

    BackendLink(DeviceKind<?, P, C> kind) {
        this.kind = kind;
    }

    @Nullable
    C connection() {
        return connection;
    }

    /** What was learned last; null before the first connection. Anyone. */
    @Nullable
    P properties() {
        return properties;
    }

    /** What is learned first; fails when the worker ends. Anyone. */
    CompletableFuture<P> first() {
        return first;
    }

    /** Why there is no connection; null while there is one. Anyone. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Connects if it is time for it; whether there is a connection that was not there before. */
    boolean connectIfDue() {
        if (connection != null || System.nanoTime() - attemptNanos < 0) {
            return false;
        }
        C opened = null;
        try {
            opened = kind.connect();
            P learned = opened.properties();
            connection = opened;
            connectedNanos = System.nanoTime();
            properties = learned;
            problem = null;
            kind.counters().backendConnects.increment();
            first.complete(learned);
            return true;
        } catch (IOException e) {
            if (opened != null) {
                opened.close();
            }
            failed(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Takes what the back-end tells of its own accord; whether the guest is to be told something else now. */
    boolean refresh() throws IOException {
        C present = connection;
        if (present == null || !present.refresh()) {
            return false;
        }
        P before = properties;
        P now = present.properties();
        properties = now;
        return !now.equals(before);
    }

    /** The connection is of no use any more: closes it, to be connected again soon. */
    void failed(String why) {
        if (connection != null) {
            connection.close();
            connection = null;
            kind.counters().backendLosses.increment();
            if (System.nanoTime() - connectedNanos > USE_NANOS) {
                pauseMillis = PAUSE_MILLIS_MIN;
                lastProblem = "";
            }
        }
        problem = why;
        if (!why.equals(lastProblem)) {
            lastProblem = why;
            LOG.warn("{}: no back-end: {}", kind.options().name(), why);
        }
        attemptNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        pauseMillis = Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis);
    }

    /** Begins anew at once, so that the back-end can let go of its disk. */
    void renew() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
        attemptNanos = System.nanoTime();
    }

    /** How long until the next attempt; -1 while there is a connection. */
    int millisToAttempt() {
        if (connection != null) {
            return -1;
        }
        long nanos = attemptNanos - System.nanoTime();
        return nanos <= 0 ? 0 : (int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
        problem = "closed";
        first.completeExceptionally(new IOException(kind.options().name() + " was closed"));
    }
}
