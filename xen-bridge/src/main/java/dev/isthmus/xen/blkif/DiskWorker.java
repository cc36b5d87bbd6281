package dev.isthmus.xen.blkif;

import dev.isthmus.linux.PollSet;
import dev.isthmus.polling.PollWindow;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a disk. It looks at rings and queues as long as there is work and a little longer, then sleeps on all
 * that can bring more.
 */
final class DiskWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWorker.class);

    // Places in the poll set.
    private static final int WAKE = 0;
    private static final int CHANNELS = 1;
    private static final int CALL = 2;
    private static final int SOCKET = 3;
    private static final int REQUESTS = 4;
    /** The first queue's; the others' are behind it. */
    private static final int ERRORS = 5;
    private static final int PLACES = ERRORS + Limits.RINGS_MAX;

    private final BlkifDiskOptions options;
    private final BlkifCounters counters;
    private final GrantTable grants;
    private final EventChannels channels;
    private final WorkerCommands commands;
    private final BackendLink link;
    private final PollSet sleepers = PollSet.withRoomFor(PLACES);
    private final int[] ports = new int[Limits.RINGS_MAX];
    private final PollWindow window;

    private @Nullable GuestLink guest;
    /** What the guest was told when it connected. */
    private @Nullable BlkifProperties promised;
    private @Nullable VirtioBackend backend;
    private @Nullable CompletableFuture<@Nullable Void> disconnected;
    private boolean idle;
    private long idleNanos;

    private volatile boolean closing;
    private volatile @Nullable String guestFault;
    private volatile @Nullable String backendFault;
    private volatile Consumer<BlkifProperties> resizeListener = _ -> {};

    DiskWorker(BlkifDiskOptions options, BlkifCounters counters, GrantTable grants, EventChannels channels,
            WorkerCommands commands, BackendLink link) {
        this.options = options;
        this.counters = counters;
        this.grants = grants;
        this.channels = channels;
        this.commands = commands;
        this.link = link;
        this.window = new PollWindow(options.poll().toNanos());
        sleepers.put(WAKE, commands.descriptor());
        sleepers.put(CHANNELS, channels.descriptor());
    }

    @Override
    public void run() {
        try {
            while (!closing) {
                step();
            }
        } catch (RuntimeException | Error e) {
            // A bug of ours. The guest's requests stay in the journal; its other disks have workers of their own.
            LOG.error("{}: the disk is not served any more", options.name(), e);
            guestFault = "the worker has failed: " + e;
        } finally {
            link.close();
            letGo();
            channels.close();
            grants.close();
            commands.close();
            sleepers.close();
            if (disconnected != null) {
                disconnected.complete(null);
            }
        }
    }

    private void step() {
        commands.run();
        if (link.connection() == null && link.connectIfDue()) {
            connected();
        }
        if (turn() > 0) {
            if (idle) {
                idle = false;
                window.pauseEnded(System.nanoTime() - idleNanos);
            }
            return;
        }
        if (!idle) {
            idle = true;
            idleNanos = System.nanoTime();
        }
        if (System.nanoTime() - idleNanos < window.nanos()) {
            Thread.onSpinWait();
        } else {
            sleep();
        }
    }

    private int turn() {
        if (guest == null) {
            return 0;
        }
        int work = guest.service().turn();
        if (work > 0) {
            return work;
        }
        if (backend != null && backend.isBroken()) {
            lost("the back-end broke a queue");
        }
        if (disconnected != null && guest.service().inFlight() == 0) {
            finishDisconnect();
        }
        lookAtRings();
        return 0;
    }

    private void lookAtRings() {
        if (guest == null || guestFault != null) {
            return;
        }
        RingService[] rings = guest.service().rings();
        for (int i = 0; i < rings.length; i++) {
            if (rings[i].isBroken()) {
                guestFault = "ring " + i + ": the guest's producer index is wrong; the ring is not served any more";
                LOG.warn("{}: {}", options.name(), guestFault);
            }
        }
    }

    private void sleep() {
        boolean more = !commands.isEmpty() || closing;
        if (backend != null) {
            more |= backend.awaitNotification();
        }
        if (guest != null) {
            for (RingService ring : guest.service().rings()) {
                more |= ring.awaitRequests();
            }
        }
        if (!more && sleepers.await(link.millisToAttempt()) > 0) {
            awake();
        }
        if (backend != null) {
            backend.suppressNotifications();
        }
    }

    private void awake() {
        if (sleepers.isReady(WAKE)) {
            commands.drain();
        }
        if (sleepers.isReady(CHANNELS)) {
            // Unmasked before the rings are looked at, which is next.
            int count = channels.pending(ports);
            counters.eventsReceived.add(count);
            for (int i = 0; i < count; i++) {
                channels.unmask(ports[i]);
            }
        }
        if (backend != null && sleepers.isReady(CALL)) {
            backend.drain();
        }
        if (sleepers.isReady(SOCKET)) {
            lost("the back-end went away");
            return;
        }
        if (sleepers.isReady(REQUESTS)) {
            refresh();
        }
        for (int i = 0; i < Limits.RINGS_MAX; i++) {
            if (sleepers.isReady(ERRORS + i)) {
                lost("the back-end gave up on queue " + i);
                return;
            }
        }
    }

    /** The back-end may have told that its disk has changed. */
    private void refresh() {
        try {
            boolean changed = link.refresh();
            BackendConnection connection = link.connection();
            sleepers.put(REQUESTS, connection == null ? -1 : connection.requestsDescriptor());
            BlkifProperties now = link.properties();
            if (changed && now != null && guest != null) {
                guest.service().disk(now, isShrunk(now));
                tellSize(now);
            }
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the guest would miss something; says so once. */
    private boolean isShrunk(BlkifProperties now) {
        String shrunk = promised == null ? null : promised.lostIn(now);
        if (shrunk != null && backendFault == null) {
            LOG.error("{}: the back-end's disk is now {}: all requests fail", options.name(), shrunk);
        }
        backendFault = shrunk == null ? null : "the back-end's disk is now " + shrunk;
        return shrunk != null;
    }

    private void tellSize(BlkifProperties now) {
        if (promised != null && promised.sectors() != now.sectors() && backendFault == null) {
            promised = now;
            resizeListener.accept(now);
        }
    }

    /** There is a connection that was not there before. */
    private void connected() {
        BackendConnection connection = link.connection();
        BlkifProperties now = link.properties();
        if (connection == null || now == null) {
            return;
        }
        sleepers.put(SOCKET, connection.frontend().descriptor());
        sleepers.put(REQUESTS, connection.requestsDescriptor());
        if (guest != null) {
            startQueues();
        }
        tellSize(now);
    }

    /** Hands the guest's requests to the back-end: all that are in flight again. */
    private void startQueues() {
        BackendConnection connection = link.connection();
        BlkifProperties now = link.properties();
        if (connection == null || now == null || guest == null || promised == null) {
            return;
        }
        try {
            DiskService service = guest.service();
            backend = VirtioBackend.start(connection, service.rings().length, options.poolBytes());
            sleepers.put(CALL, backend.descriptor());
            for (int i = 0; i < backend.queues(); i++) {
                sleepers.put(ERRORS + i, backend.errorDescriptor(i));
            }
            service.resume(backend, now, isShrunk(now));
            LOG.info("{}: served by the back-end at {}", options.name(), options.socket());
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    private void lost(String why) {
        forgetConnection();
        link.failed(why);
        if (guest != null) {
            guest.service().pause();
        }
        dropBackend();
    }

    private void forgetConnection() {
        sleepers.put(SOCKET, -1);
        sleepers.put(REQUESTS, -1);
    }

    private void dropBackend() {
        sleepers.put(CALL, -1);
        for (int i = 0; i < Limits.RINGS_MAX; i++) {
            sleepers.put(ERRORS + i, -1);
        }
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }

    /** A command. */
    void connect(BlkifConnection connection) throws IOException {
        BlkifProperties now = link.properties();
        if (guest != null || now == null) {
            throw new IllegalStateException(guest != null ? "there is a connection" : "the back-end is not known yet");
        }
        guest = GuestLink.open(options, connection, now, grants, channels, counters);
        promised = now;
        guestFault = null;
        if (link.connection() != null) {
            startQueues();
        }
    }

    /** A command; done when nothing is in flight any more. */
    void disconnect(CompletableFuture<@Nullable Void> result) {
        if (guest == null) {
            result.complete(null);
            return;
        }
        if (disconnected != null) {
            disconnected.thenRun(() -> result.complete(null));
            return;
        }
        disconnected = result;
        for (RingService ring : guest.service().rings()) {
            ring.stop();
        }
    }

    private void finishDisconnect() {
        CompletableFuture<@Nullable Void> result = disconnected;
        disconnected = null;
        try {
            if (backend != null) {
                backend.stop();
            }
            if (guest != null) {
                guest.removeJournal();
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", options.name(), e.getMessage());
        }
        forgetConnection();
        link.renew();
        letGo();
        if (result != null) {
            result.complete(null);
        }
    }

    /** Whatever is the guest's; what is in flight stays in the journal. The connection is closed already. */
    private void letGo() {
        dropBackend();
        if (guest != null) {
            guest.close();
            guest = null;
        }
        promised = null;
        backendFault = null;
        counters.inFlight.set(0);
    }

    void end() {
        closing = true;
        commands.wake();
    }

    void onResize(Consumer<BlkifProperties> listener) {
        resizeListener = listener;
    }

    /** Any thread. */
    @Nullable
    String fault() {
        String fault = guestFault;
        return fault != null ? fault : backendFault;
    }
}
