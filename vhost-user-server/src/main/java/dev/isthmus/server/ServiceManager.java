package dev.isthmus.server;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NotifySocket;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that started this process, such as systemd, that it is ready, and from then on that it
 * still runs, as often as the manager's watchdog wants to hear it: a JVM whose threads do not run any more is killed
 * and started again. A hanging disk is no reason for that; health tells of it. Without a manager nothing is said.
 */
public final class ServiceManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final String WATCHDOG = "WATCHDOG_USEC";
    private static final String WATCHDOG_PROCESS = "WATCHDOG_PID";
    private static final int WORDS_PER_PERIOD = 2;

    private final @Nullable NotifySocket socket;
    private final CountDownLatch closed = new CountDownLatch(1);

    private ServiceManager(@Nullable NotifySocket socket) {
        this.socket = socket;
    }

    /**
     * Says that the process is ready.
     *
     * @param environment the process's; what it says of another process's watchdog is not ours (sd_watchdog_enabled(3))
     */
    public static ServiceManager ready(Map<String, String> environment) {
        String name = environment.get(SOCKET);
        if (name == null) {
            return new ServiceManager(null);
        }
        try {
            var manager = new ServiceManager(NotifySocket.connect(name));
            manager.say("READY=1");
            manager.watch(environment);
            return manager;
        } catch (LinuxException e) {
            LOG.warn("the service manager cannot be told that all is ready: {}", e.getMessage());
            return new ServiceManager(null);
        }
    }

    private void watch(Map<String, String> environment) {
        String process = environment.get(WATCHDOG_PROCESS);
        String micros = environment.get(WATCHDOG);
        if (micros == null || (process != null && !process.equals(Long.toString(ProcessHandle.current().pid())))) {
            return;
        }
        long period = Long.parseLong(micros) / WORDS_PER_PERIOD;
        Thread.ofPlatform().name("notify").daemon().start(() -> keepSaying(period));
    }

    private void keepSaying(long periodMicros) {
        try {
            while (!closed.await(periodMicros, TimeUnit.MICROSECONDS)) {
                say("WATCHDOG=1");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LinuxException e) {
            LOG.warn("the service manager's watchdog is not told any more that this process runs: {}", e.getMessage());
        }
    }

    private void say(String what) throws LinuxException {
        if (socket != null) {
            socket.send(what + "\n");
        }
    }

    /** The watchdog hears no more; the socket is left to the end of the process, since a thread may be using it. */
    @Override
    public void close() {
        closed.countDown();
    }
}
