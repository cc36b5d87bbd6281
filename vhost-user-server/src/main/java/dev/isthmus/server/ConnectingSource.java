package dev.isthmus.server;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front-end listens and we connect, again and again: it may start after us, go away and come back.
 *
 * <p>Nothing tells when somebody begins to listen, so we try: soon at first, and then once a second. A front-end that
 * accepts and hangs up is not met more often than that either.
 */
final class ConnectingSource implements FrontendSource {
    static final long PAUSE_LEAST_MILLIS = 100;
    static final long PAUSE_MOST_MILLIS = 1000;
    /** A front-end that serves somebody else lets us wait in its queue, and when that is full, in connect(2). */
    private static final long CONNECT_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectingSource.class);

    private final String device;
    private final String path;
    private final DeviceCounters counters;
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final LineBudget lineBudget = new LineBudget();
    private long pauseMillis;

    ConnectingSource(String device, String path, DeviceCounters counters) {
        this.device = device;
        this.path = path;
        this.counters = counters;
    }

    @Override
    public @Nullable UnixSocket next() {
        boolean failedBefore = false;
        while (!isShutDownAfter(pauseMillis)) {
            try {
                UnixSocket socket = UnixSocket.connect(path, CONNECT_MILLIS);
                pauseMillis = PAUSE_LEAST_MILLIS;
                return socket;
            } catch (LinuxException e) {
                counters.countConnectFailure();
                if (!failedBefore && lineBudget.take()) {
                    LOG.info("{}: no front-end yet: {}; tries again", device, e.getMessage());
                }
                failedBefore = true;
                pauseMillis = nextPauseMillis(pauseMillis);
            }
        }
        return null;
    }

    static long nextPauseMillis(long pauseMillis) {
        return Math.clamp(2 * pauseMillis, PAUSE_LEAST_MILLIS, PAUSE_MOST_MILLIS);
    }

    private boolean isShutDownAfter(long millis) {
        try {
            return shutdown.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void shutdown() {
        shutdown.countDown();
    }

    @Override
    public ConnectionState whileWaiting() {
        return ConnectionState.CONNECTING;
    }

    @Override
    public void close() {
        // The place is the front-end's.
    }
}
