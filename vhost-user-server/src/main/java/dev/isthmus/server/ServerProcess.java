package dev.isthmus.server;

import dev.isthmus.vring.RingWatchdog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a process and its end. However the process ends, it ends here: one shutdown hook closes all devices at
 * once, then what serves their management, and halts with the status that is right.
 *
 * <pre>
 *   SIGTERM, SIGINT  ──► hook, status 0          (the JVM by itself would give 128 + signal)
 *   exit(status)     ──► hook, that status
 *                          └─ 1 instead of 0 if a device did not end well within {@value #DRAIN_SECONDS} s
 * </pre>
 *
 * <p>Any thread may call; {@link #start} and the hook exclude each other, so that no device starts after the end began.
 */
public final class ServerProcess {
    /**
     * How long a disk may take for what is in flight. A manager that is less patient sends SIGKILL; one that waits for
     * ever would wait for a disk that hangs.
     */
    static final int DRAIN_SECONDS = 30;
    private static final int STATUS_NOT_STABLE = 1;

    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<DeviceServer> servers = new ArrayList<>();
    private final List<AutoCloseable> companions = new ArrayList<>();
    private final RingWatchdog watchdog = new RingWatchdog();
    private boolean watching;
    private boolean hooked;
    private volatile int status;
    private final Duration drain;

    public ServerProcess() {
        this(Duration.ofSeconds(DRAIN_SECONDS));
    }

    ServerProcess(Duration drain) {
        this.drain = drain;
    }

    /** Makes a device's server. */
    public interface Starter {
        DeviceServer start(RingWatchdog watchdog) throws IOException;
    }

    /** From now on a signal ends the process in order. */
    public void endOnSignals() {
        lock.lock();
        try {
            if (!hooked) {
                hooked = true;
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(this::shutDown));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts a device, which this process closes at its end. */
    public DeviceServer start(Starter starter) throws IOException {
        lock.lock();
        try {
            if (!watching) {
                watching = true;
                watchdog.start();
            }
            DeviceServer server = starter.start(watchdog);
            servers.add(server);
            return server;
        } finally {
            lock.unlock();
        }
    }

    /** Something that is closed after the devices; the process ends with status 1 if that throws. */
    public void companion(AutoCloseable companion) {
        lock.lock();
        try {
            companions.add(companion);
        } finally {
            lock.unlock();
        }
    }

    /** Returns when no device serves any more, which only inherited connections come to. */
    public void awaitEnd() {
        ended().join();
    }

    private CompletableFuture<Void> ended() {
        lock.lock();
        try {
            return CompletableFuture.allOf(servers.stream().map(DeviceServer::ended).toArray(CompletableFuture[]::new));
        } finally {
            lock.unlock();
        }
    }

    /** Ends the process; does not return. */
    public void exit(int withStatus) {
        status = withStatus;
        System.exit(withStatus);
    }

    private void shutDown() {
        Runtime.getRuntime().halt(end());
    }

    /**
     * Closes everything; returns the status to end with. Keeps the lock: whoever would start something now is too late.
     */
    int end() {
        lock.lock();
        boolean well = closeDevices();
        for (AutoCloseable companion : companions) {
            well &= close("end", companion);
        }
        watchdog.close();
        return status == 0 && !well ? STATUS_NOT_STABLE : status;
    }

    /** All at once: one slow disk keeps no other waiting. Returns whether all ended well. */
    private boolean closeDevices() {
        List<CompletableFuture<Boolean>> closing = new ArrayList<>();
        for (DeviceServer server : servers) {
            var done = new CompletableFuture<Boolean>();
            Thread.ofPlatform().name("close-" + server.device().name()).daemon()
                    .start(() -> done.complete(close(server.device().name(), server)
                            && close(server.device().name(), server.device())));
            closing.add(done.completeOnTimeout(false, drain.toMillis(), TimeUnit.MILLISECONDS));
        }
        boolean stable = true;
        for (int i = 0; i < closing.size(); i++) {
            boolean ok = closing.get(i).join();
            if (!ok) {
                LOG.error("{}: did not end well, or not within {} s", servers.get(i).device().name(), drain
                        .toSeconds());
            }
            stable &= ok;
        }
        return stable;
    }

    private static boolean close(String what, AutoCloseable closeable) {
        try {
            closeable.close();
            return true;
        } catch (IOException e) {
            LOG.error("{}: {}", what, e.getMessage());
            return false;
        } catch (Exception e) {
            LOG.error("{}: closing failed", what, e);
            return false;
        }
    }
}
