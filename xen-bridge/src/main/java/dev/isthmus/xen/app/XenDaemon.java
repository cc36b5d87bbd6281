package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.XenstoreConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon, from its options to its end. However it ends, one shutdown hook lets go of all devices; their guests wait
 * for the next process.
 */
final class XenDaemon {
    private static final int STATUS_ERROR = 1;

    /** For letting go of all devices; what is left then, the kernel takes back. */
    private static final int PATIENCE_SECONDS = 5;

    private final ControlThread control = new ControlThread();
    private final Bridge bridge;
    /** A signal by itself would make it 128 and the signal's number. */
    private volatile int status;

    /** Where the store is. */
    interface StoreOpener {
        Xenstore open() throws IOException;
    }

    private XenDaemon(XenOptions options, Xenstore store, DeviceOpeners openers, RunDirectory directory)
            throws IOException {
        this.bridge = new Bridge(store, StorePaths.ask(store), control, openers, directory.path(), taken(options));
    }

    private static Taken taken(XenOptions options) {
        boolean any = options.takesVbd() || options.vifSockets() != null;
        return any ? new Taken(new KernelDevices(KernelDevices.SYSFS), options.takesVbd(), options.vifSockets())
                : Taken.NOTHING;
    }

    /** Serves until a signal ends the process, or until xenstore is gone: the status to end with. */
    static int serve(XenOptions options) throws IOException, InterruptedException {
        return serve(options, XenstoreConnection::open, DeviceOpeners.over(new KernelXen()));
    }

    @SuppressWarnings("resource") // all of it lives as long as the process
    static int serve(XenOptions options, StoreOpener store, DeviceOpeners openers)
            throws IOException, InterruptedException {
        logTo(options.logLevel());
        Logger log = LoggerFactory.getLogger(XenDaemon.class);
        InetSocketAddress address = options.metrics();
        RunDirectory directory;
        try {
            directory = RunDirectory.open(options.runDirectory());
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
        XenDaemon daemon = new XenDaemon(options, store.open(), openers, directory);
        if (address != null) {
            ManagementHttp.start(address, daemon.bridge::views);
            log.info("metrics and health at {}", address);
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(daemon::shutDown));
        daemon.bridge.start();
        log.info("serving {}", daemon.bridge.describe());
        daemon.bridge.handleEvents();
        log.error("xenstore is gone");
        daemon.status = STATUS_ERROR;
        return STATUS_ERROR;
    }

    private void shutDown() {
        CountDownLatch left = new CountDownLatch(1);
        control.execute(() -> {
            bridge.leave();
            left.countDown();
        });
        try {
            if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                status = STATUS_ERROR;
            }
        } catch (InterruptedException e) {
            status = STATUS_ERROR;
        }
        Runtime.getRuntime().halt(status);
    }

    /** Before the first logger is made: slf4j-simple reads these once. */
    private static void logTo(String level) {
        String prefix = "org.slf4j.simpleLogger.";
        System.setProperty(prefix + "logFile", "System.err");
        System.setProperty(prefix + "defaultLogLevel", "warn");
        System.setProperty(prefix + "log.dev.isthmus", level);
        System.setProperty(prefix + "showDateTime", "true");
        System.setProperty(prefix + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        System.setProperty(prefix + "showLogName", "false");
    }
}
