package dev.isthmus.server;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.FrontendSession;
import dev.isthmus.vhostuser.ProtocolViolation;
import dev.isthmus.vhostuser.SessionOptions;
import dev.isthmus.vring.DeviceStartException;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one device on one socket, one front-end at a time: the next is not accepted before the one before has left
 * nothing in flight.
 *
 * <p>The thread {@code frontend-<device>} accepts or connects, serves, and does so again. Every other method may be
 * called by any thread.
 */
public final class DeviceServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceServer.class);
    /** After a failed accept (no descriptors left, say), so that the log and the core survive it. */
    private static final long ACCEPT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** How long the end waits for requests in flight before it tells the front-end, which may take no reply. */
    private static final int FINISH_SECONDS = 10;

    private final VirtioDevice device;
    private final DeviceCounters counters;
    private final SessionOptions options;
    private final RingWatchdog watchdog;
    private final FrontendSource source;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private final LineBudget lineBudget = new LineBudget();
    private volatile boolean closing;
    private volatile @Nullable FrontendSession session;

    private DeviceServer(VirtioDevice device, FrontendSource source, DeviceCounters counters, WorkerOptions workers,
            boolean anyMemoryFile, RingWatchdog watchdog) {
        this.device = device;
        this.source = source;
        this.watchdog = watchdog;
        this.counters = counters;
        this.options = new SessionOptions(workers, anyMemoryFile, counters.vrings(), watchdog,
                counters::countWorkerFailure);
        this.thread = Thread.ofPlatform().name("frontend-" + device.name()).daemon().unstarted(this::serve);
    }

    /**
     * Listens, or takes over the inherited socket, or begins to look for the front-end that listens, and serves.
     *
     * @param anyMemoryFile whether guest memory may be files other than memfd, tmpfs and hugetlbfs
     * @throws IOException with one clear line
     */
    public static DeviceServer start(VirtioDevice device, Endpoint endpoint, WorkerOptions workers,
            boolean anyMemoryFile, RingWatchdog watchdog) throws IOException {
        var counters = new DeviceCounters(device.queueCount());
        DeviceServer server = new DeviceServer(device, FrontendSource.open(device.name(), endpoint, counters), counters,
                workers, anyMemoryFile, watchdog);
        device.onConfigurationChange(server::configurationChanged);
        watchdog.add(device);
        server.thread.start();
        return server;
    }

    public VirtioDevice device() {
        return device;
    }

    public DeviceCounters counters() {
        return counters;
    }

    public ConnectionState state() {
        if (ended.isDone()) {
            return ConnectionState.ENDED;
        }
        return session == null ? source.whileWaiting() : ConnectionState.CONNECTED;
    }

    /** Completes when nothing is served any more. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Waits until the front-end's requests are done, disconnects it, flushes the device, and removes the socket.
     */
    @Override
    public void close() {
        closing = true;
        source.shutdown();
        FrontendSession present = session;
        if (present != null) {
            present.finish();
            ended.copy().completeOnTimeout(null, FINISH_SECONDS, TimeUnit.SECONDS).join();
            if (!ended.isDone()) {
                present.shutdown();
            }
        }
        ended.join();
    }

    private void serve() {
        try {
            UnixSocket socket = source.next();
            while (socket != null) {
                try (UnixSocket connected = socket) {
                    serve(connected);
                }
                socket = closing ? null : nextOrPause();
            }
        } catch (LinuxException e) {
            logUnlessClosing(e);
        } finally {
            watchdog.remove(device);
            source.close();
            ended.complete(null);
        }
    }

    private @Nullable UnixSocket nextOrPause() {
        while (!closing) {
            try {
                return source.next();
            } catch (LinuxException e) {
                logUnlessClosing(e);
                LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
            }
        }
        return null;
    }

    private void serve(UnixSocket socket) {
        counters.countConnection();
        counters.recovery().connected();
        boolean logged = mayLog();
        if (logged) {
            LOG.info("{}: front-end connected", device.name());
        }
        FrontendSession served = new FrontendSession(socket, device, options);
        session = served;
        if (closing) {
            served.finish(); // close() may have looked before the session was there
        }
        try {
            served.run();
            if (logged) {
                LOG.info("{}: front-end disconnected", device.name());
            }
        } catch (ProtocolViolation e) {
            counters.count(e);
            if (logged) {
                LOG.warn("{}: front-end disconnected, it broke the protocol: {}", device.name(), e.getMessage());
            }
        } catch (LinuxException e) {
            counters.countSocketError();
            LOG.warn("{}: front-end disconnected: {}", device.name(), e.getMessage());
        } catch (DeviceStartException e) {
            counters.countStartFailure();
            if (logged) {
                LOG.warn("{}: front-end disconnected, the device cannot start: {}", device.name(), e.getMessage());
            }
        } catch (RuntimeException e) {
            counters.countFailure();
            LOG.error("{}: front-end disconnected after a failure of ours", device.name(), e);
        } finally {
            session = null;
            counters.recovery().disconnected();
        }
    }

    /** A front-end that connects again and again must not fill the disk with its story. */
    private boolean mayLog() {
        boolean may = lineBudget.take();
        long withheld = may ? lineBudget.takeWithheld() : 0;
        if (withheld > 0) {
            LOG.warn("{}: {} more connections came and went without a line here", device.name(), withheld);
        }
        return may;
    }

    private void configurationChanged() {
        FrontendSession present = session;
        if (present != null) {
            present.configurationChanged();
        }
    }

    private void logUnlessClosing(LinuxException e) {
        if (!closing) {
            LOG.error("{}: no front-end can be accepted: {}", device.name(), e.getMessage());
        }
    }
}
