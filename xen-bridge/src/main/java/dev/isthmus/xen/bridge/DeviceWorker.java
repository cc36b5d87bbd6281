package dev.isthmus.xen.bridge;

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
 * The thread of a device. It looks at rings and queues as long as there is work and a little longer, then sleeps on all
 * that can bring more.
 */
final class DeviceWorker<W, P extends DeviceProperties<P>, C extends BackendDevice<P>> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceWorker.class);

    /** Of a back-end: of a card, two for each pair. */
    private static final int QUEUES_MAX = 16;

    /** Ports taken at once; what does not fit stays pending. */
    private static final int PORTS_MAX = 16;

    // Places in the poll set.
    private static final int WAKE = 0;
    private static final int CHANNELS = 1;
    private static final int CALL = 2;
    private static final int SOCKET = 3;
    private static final int REQUESTS = 4;
    /** The first queue's; the others' are behind it. */
    private static final int ERRORS = 5;
    private static final int PLACES = ERRORS + QUEUES_MAX;

    private final DeviceKind<W, P, C> kind;
    private final DeviceCounters counters;
    private final GrantTable grants;
    private final EventChannels channels;
    private final WorkerCommands commands;
    private final BackendLink<P, C> link;
    private final PollSet sleepers = PollSet.withRoomFor(PLACES);
    private final int[] ports = new int[PORTS_MAX];
    private final PollWindow window;

    private @Nullable GuestSide<P, C> guest;
    /** What the guest was told when it connected. */
    private @Nullable P promised;
    private @Nullable VirtioQueues queues;
    private @Nullable CompletableFuture<@Nullable Void> disconnected;
    private boolean idle;
    private long idleNanos;

    private volatile boolean closing;
    private volatile @Nullable String guestFault;
    private volatile @Nullable String backendFault;
    private volatile Consumer<P> listener = _ -> {};

    DeviceWorker(DeviceKind<W, P, C> kind, GrantTable grants, EventChannels channels, WorkerCommands commands,
            BackendLink<P, C> link) {
        this.kind = kind;
        this.counters = kind.counters();
        this.grants = grants;
        this.channels = channels;
        this.commands = commands;
        this.link = link;
        this.window = new PollWindow(kind.options().poll().toNanos());
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
            // A bug of ours. A successor goes on; the guest's other devices have workers of their own.
            LOG.error("{}: the device is not served any more", kind.options().name(), e);
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
        int work = guest.turn();
        if (work > 0) {
            return work;
        }
        if (queues != null && queues.isBroken()) {
            lost("the back-end broke a queue");
        }
        if (disconnected != null && guest.isIdle()) {
            finishDisconnect();
        }
        lookAtRings();
        return 0;
    }

    private void lookAtRings() {
        if (guest == null || guestFault != null) {
            return;
        }
        String fault = guest.fault();
        if (fault != null) {
            guestFault = fault;
            LOG.warn("{}: {}", kind.options().name(), fault);
        }
    }

    private void sleep() {
        boolean more = !commands.isEmpty() || closing;
        int millis = link.millisToAttempt();
        if (queues != null) {
            more |= queues.awaitNotification();
        }
        if (guest != null) {
            more |= guest.awaitGuest();
            int toTurn = guest.millisToTurn();
            millis = toTurn < 0 || millis >= 0 && millis < toTurn ? millis : toTurn;
        }
        if (!more && sleepers.await(millis) > 0) {
            awake();
        }
        if (queues != null) {
            queues.suppressNotifications();
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
        if (queues != null && sleepers.isReady(CALL)) {
            queues.drain();
        }
        if (sleepers.isReady(SOCKET)) {
            lost("the back-end went away");
            return;
        }
        if (sleepers.isReady(REQUESTS)) {
            refresh();
        }
        for (int i = 0; i < QUEUES_MAX; i++) {
            if (sleepers.isReady(ERRORS + i)) {
                lost("the back-end gave up on queue " + i);
                return;
            }
        }
    }

    /** The back-end may have told that its device has changed. */
    private void refresh() {
        try {
            boolean changed = link.refresh();
            C connection = link.connection();
            sleepers.put(REQUESTS, connection == null ? -1 : connection.requestsDescriptor());
            P now = link.properties();
            if (changed && now != null && guest != null) {
                guest.change(now, isLess(now));
                tell(now);
            }
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the guest would miss something; says so once. */
    private boolean isLess(P now) {
        String lost = promised == null ? null : promised.lostIn(now);
        if (lost != null && backendFault == null) {
            LOG.error("{}: the back-end's device is now {}: nothing is served", kind.options().name(), lost);
        }
        backendFault = lost == null ? null : "the back-end's device is now " + lost;
        return lost != null;
    }

    private void tell(P now) {
        if (promised != null && promised.isNewsIn(now) && backendFault == null) {
            promised = now;
            listener.accept(now);
        }
    }

    /** There is a connection that was not there before. */
    private void connected() {
        C connection = link.connection();
        P now = link.properties();
        if (connection == null || now == null) {
            return;
        }
        sleepers.put(SOCKET, connection.descriptor());
        sleepers.put(REQUESTS, connection.requestsDescriptor());
        if (guest != null) {
            startQueues();
        }
        tell(now);
    }

    /** Hands what the guest wants to the back-end. */
    private void startQueues() {
        C connection = link.connection();
        P now = link.properties();
        if (connection == null || now == null || guest == null || promised == null) {
            return;
        }
        try {
            VirtioQueues started = guest.start(connection, now, isLess(now));
            queues = started;
            sleepers.put(CALL, started.descriptor());
            for (int i = 0; i < started.count(); i++) {
                sleepers.put(ERRORS + i, started.vring(i).errorDescriptor());
            }
            LOG.info("{}: served by the back-end at {}", kind.options().name(), kind.options().socket());
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    private void lost(String why) {
        forgetConnection();
        link.failed(why);
        dropQueues();
        if (guest != null) {
            guest.pause();
        }
    }

    private void forgetConnection() {
        sleepers.put(SOCKET, -1);
        sleepers.put(REQUESTS, -1);
    }

    /** They are the guest's side's to close. */
    private void dropQueues() {
        sleepers.put(CALL, -1);
        for (int i = 0; i < QUEUES_MAX; i++) {
            sleepers.put(ERRORS + i, -1);
        }
        queues = null;
    }

    /** A command. */
    void connect(W wanted) throws IOException {
        P now = link.properties();
        if (guest != null || now == null) {
            throw new IllegalStateException(guest != null ? "there is a connection" : "the back-end is not known yet");
        }
        guest = kind.open(wanted, now, grants, channels);
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
        guest.stop();
    }

    private void finishDisconnect() {
        CompletableFuture<@Nullable Void> result = disconnected;
        disconnected = null;
        try {
            if (queues != null) {
                queues.stop();
            }
            if (guest != null) {
                guest.finish();
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", kind.options().name(), e.getMessage());
        }
        forgetConnection();
        link.renew();
        letGo();
        if (result != null) {
            result.complete(null);
        }
    }

    /** Whatever is the guest's; what is in flight stays for a successor. The connection is closed already. */
    private void letGo() {
        dropQueues();
        if (guest != null) {
            guest.close();
            guest = null;
        }
        promised = null;
        backendFault = null;
    }

    void end() {
        closing = true;
        commands.wake();
    }

    void onChange(Consumer<P> newListener) {
        listener = newListener;
    }

    /** Any thread. */
    @Nullable
    String fault() {
        String fault = guestFault;
        return fault != null ? fault : backendFault;
    }
}
