package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.XenstoreException;
import dev.isthmus.xen.bridge.ServedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one device of one guest, as its nodes in xenstore tell it. {@link #look} reads them and does the next
 * thing there is to do; events say only that it is time to look. So it makes no difference which events were missed, or
 * whether somebody else served the device until now.
 *
 * <pre>
 *                  wants a device            the back-end is there       front-end 3, 4
 *        IDLE ───────────────────► OPENING ──────────────────────► OPEN ───────────────► CONNECTING
 *         ▲  front-end gone or dead: at once    writes 2 (InitWait)                            │ writes 4
 *         └──────────◄──── DISCONNECTING ◄──────────────────────────── CONNECTED ◄─────────────┘ (if not both are 4)
 *      writes 6        what is in flight is answered    front-end 6, or begins anew     front-end 5: writes 5
 * </pre>
 *
 * <p>All on the thread of decisions; what waits is a job of its own, one at a time.
 */
final class GuestDevice<W, P> {
    /** Where its life stands; not what xenstore says. */
    enum Phase {
        IDLE,
        OPENING,
        OPEN,
        CONNECTING,
        CONNECTED,
        DISCONNECTING
    }

    private static final Logger LOG = LoggerFactory.getLogger(GuestDevice.class);

    /** After an error of this machine, such as a device of the kernel that is not there. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final DeviceId id;
    private final Path socket;
    private final @Nullable Path journal;
    private final Xenstore store;
    private final StorePaths paths;
    private final String backend;
    private final Tasks tasks;
    private final NodeDialect<W, P> dialect;
    private final Opener<W, P> opener;

    private Phase phase = Phase.IDLE;
    private @Nullable ServedDevice<W, P, ?> device;
    /** Tells the device there is now from one there was: what is said about that comes too late. */
    private int opens;
    private @Nullable P properties;
    private Tasks.@Nullable Job job;
    /** Served by somebody before us, so that the guest may have requests in its rings. */
    private boolean takenOver;
    /** What the guest wrote could not be served; it has to begin anew. */
    private @Nullable String refused;
    /** Of this connection: the guest has been told; it has said 4 itself. */
    private boolean published;
    private boolean guestConnected;
    private boolean seenIntroduced;
    private boolean lookingLater;
    private boolean ended;
    private volatile DeviceView view;

    /** Makes what serves the device. */
    @FunctionalInterface
    interface Opener<W, P> {
        /** Does not wait. */
        ServedDevice<W, P, ?> open() throws IOException;
    }

    /**
     * @param socket where its back-end listens
     * @param journal what a successor of this process has to know; removed when nobody has
     */
    GuestDevice(DeviceId id, Path socket, @Nullable Path journal, Xenstore store, StorePaths paths, Tasks tasks,
            NodeDialect<W, P> dialect, Opener<W, P> opener) {
        this.id = id;
        this.socket = socket;
        this.journal = journal;
        this.store = store;
        this.paths = paths;
        this.backend = paths.backend(id);
        this.tasks = tasks;
        this.dialect = dialect;
        this.opener = opener;
        this.view = new DeviceView(id, socket, Phase.IDLE, null, null);
    }

    DeviceId id() {
        return id;
    }

    /** Of any thread. */
    DeviceView view() {
        return view;
    }

    /** Does what there is to do; returns whether there is such a device still. */
    boolean look() {
        if (ended) {
            return false;
        }
        try {
            DeviceNodes now = DeviceNodes.read(store, backend);
            if (!now.exists()) {
                letGo();
                ended = true;
                LOG.info("{}: is gone", id);
            } else if (isDead(now)) {
                letGo();
                close(now);
            } else {
                step(now);
            }
        } catch (IOException e) {
            LOG.warn("{}: {}; trying again", id, e.getMessage());
            lookLater();
        }
        show();
        return !ended;
    }

    /** The process ends: everything is let go of, and the guest's requests wait for the next process. */
    void leave() {
        ended = true;
        if (job != null) {
            job.cancel();
        }
        if (device != null) {
            device.close();
        }
    }

    private void show() {
        view = new DeviceView(id, socket, phase, device, refused);
    }

    /** A toolstack may make devices before the store knows their domain, but nobody is connected then. */
    private boolean isDead(DeviceNodes now) throws IOException {
        boolean introduced = store.isIntroduced(id.domain());
        seenIntroduced |= introduced;
        return !introduced && (seenIntroduced || now.backendState().compareTo(XenbusState.CONNECTED) >= 0);
    }

    private void step(DeviceNodes now) throws IOException {
        boolean wanted = now.wantsDevice(phase != Phase.IDLE);
        switch (phase) {
            case IDLE -> {
                if (wanted) {
                    open(now);
                } else {
                    close(now);
                }
            }
            case OPENING, CONNECTING, DISCONNECTING -> {
                boolean guestIsThere = now.frontendState() != XenbusState.UNKNOWN;
                if (phase == Phase.OPENING ? !wanted : !guestIsThere) {
                    letGo();
                    step(now);
                }
            }
            case OPEN -> {
                if (wanted) {
                    offer(now);
                } else {
                    letGo();
                    step(now);
                }
            }
            case CONNECTED -> serve(now);
        }
    }

    /** Nobody is to be served: says so, once. */
    private void close(DeviceNodes now) throws IOException {
        if (now.backendState() != XenbusState.CLOSED && now.backendState() != XenbusState.UNKNOWN) {
            write(Map.of(backend + "/state", XenbusState.CLOSED.text()));
        }
        // Of these nodes no toolstack knows.
        if (id.isOwn() && (!now.online() || !store.isIntroduced(id.domain()))) {
            store.remove(now.frontend());
            store.remove(backend);
        }
    }

    private void open(DeviceNodes now) {
        takenOver = now.backendState() == XenbusState.CONNECTED || now.backendState() == XenbusState.CLOSING;
        refused = null;
        properties = null;
        phase = Phase.OPENING;
        int number = ++opens;
        job = tasks.start("open-" + id, () -> {
            ServedDevice<W, P, ?> made = opener.open();
            tasks.execute(() -> adopt(number, made));
            P found = made.properties();
            tasks.execute(() -> found(number, found));
        }, problem -> opened(problem));
    }

    /** What was made while the guest went away is nobody's. */
    private void adopt(int number, ServedDevice<W, P, ?> made) {
        if (ended || phase != Phase.OPENING || opens != number) {
            made.close();
            return;
        }
        device = made;
        made.onChange(now -> tasks.execute(() -> changed(number, now)));
        show();
    }

    private void found(int of, P found) {
        if (device != null && opens == of) {
            properties = found;
        }
    }

    private void opened(@Nullable Exception problem) {
        job = null;
        if (problem != null) {
            failed("cannot be opened", problem);
            return;
        }
        phase = Phase.OPEN;
        look();
    }

    /** The back-end is there: the guest is told what it has, or connected when it knows. */
    private void offer(DeviceNodes now) throws IOException {
        switch (now.frontendState()) {
            case INITIALISED, CONNECTED -> connect(now);
            case CLOSING -> {
                if (takenOver) {
                    connect(now);
                } else if (now.backendState() != XenbusState.CLOSING) {
                    write(Map.of(backend + "/state", XenbusState.CLOSING.text()));
                }
            }
            case UNKNOWN, INITIALISING, INIT_WAIT -> {
                refused = null;
                takenOver = false;
                if (now.backendState() != XenbusState.INIT_WAIT) {
                    write(dialect.offered(store, backend, known()));
                }
            }
            case CLOSED, RECONFIGURING, RECONFIGURED, OTHER -> { // nothing that anybody has to answer
            }
        }
    }

    private void connect(DeviceNodes now) {
        if (refused != null) {
            return;
        }
        ServedDevice<W, P, ?> connecting = Objects.requireNonNull(device);
        P limits = known();
        boolean served = takenOver;
        phase = Phase.CONNECTING;
        job = tasks.start("connect-" + id, () -> {
            W wanted = dialect.read(store, now.frontend(), limits, served);
            connecting.connect(wanted);
        }, problem -> connected(problem));
    }

    private void connected(@Nullable Exception problem) {
        job = null;
        if (problem == null) {
            phase = Phase.CONNECTED;
            published = false;
            guestConnected = false;
            LOG.info("{}: connected, {}", id, dialect.describe(known()));
        } else if (problem instanceof IOException && !(problem instanceof XenstoreException)) {
            phase = Phase.OPEN;
            refuse(String.valueOf(problem.getMessage()));
        } else {
            failed("cannot be connected", problem);
            return;
        }
        look();
    }

    /** The guest's own doing: it is told to close, and may begin anew. */
    private void refuse(String why) {
        refused = why;
        LOG.warn("{}: cannot be connected: {}", id, why);
        try {
            write(Map.of(paths.error(id), "isthmus-xen: " + why, backend + "/state", XenbusState.CLOSING.text()));
        } catch (IOException e) {
            LOG.warn("{}: {}", id, e.getMessage());
        }
    }

    private void serve(DeviceNodes now) throws IOException {
        switch (now.frontendState()) {
            case UNKNOWN -> {
                letGo();
                step(now);
            }
            case INITIALISING, INIT_WAIT, CLOSED -> disconnect();
            case INITIALISED -> {
                if (guestConnected) {
                    // It has new rings: it was suspended and goes on in the same domain.
                    disconnect();
                } else {
                    publish(now);
                }
            }
            case CONNECTED -> {
                guestConnected = true;
                publish(now);
            }
            case CLOSING -> {
                if (now.backendState() == XenbusState.CONNECTED) {
                    write(Map.of(backend + "/state", XenbusState.CLOSING.text()));
                }
            }
            case RECONFIGURING, RECONFIGURED, OTHER -> { // nothing that anybody has to answer
            }
        }
    }

    /** Where both say 4 already, a predecessor has told the guest everything, and nothing is touched. */
    private void publish(DeviceNodes now) throws IOException {
        boolean known = now.backendState() == XenbusState.CONNECTED && now.frontendState() == XenbusState.CONNECTED;
        if (!published && !known && now.backendState() != XenbusState.CLOSING) {
            write(dialect.connected(store, backend, known()));
        }
        published = true;
    }

    private void disconnect() {
        ServedDevice<W, P, ?> leaving = Objects.requireNonNull(device);
        phase = Phase.DISCONNECTING;
        job = tasks.start("disconnect-" + id, leaving::disconnect, problem -> {
            job = null;
            if (problem != null) {
                LOG.warn("{}: did not disconnect in order: {}", id, problem.toString());
            }
            letGo();
            look();
        });
    }

    private void changed(int of, P now) {
        if (device == null || opens != of) {
            return;
        }
        properties = now;
        LOG.info("{}: has {} now", id, dialect.describe(now));
        if (phase != Phase.CONNECTED) {
            return;
        }
        try {
            if (XenbusState.of(store.read(backend + "/state")) == XenbusState.CONNECTED) {
                write(dialect.changed(backend, now));
            }
        } catch (IOException e) {
            LOG.warn("{}: cannot tell the guest what it has now: {}", id, e.getMessage());
        }
    }

    /** An error of this machine or of this program; the guest is not to blame, and it is tried again. */
    private void failed(String what, Exception problem) {
        if (problem instanceof RuntimeException) {
            LOG.error("{}: {}: a mistake in this program", id, what, problem);
        } else {
            LOG.warn("{}: {}: {}", id, what, problem.getMessage());
        }
        letGo();
        lookLater();
        show();
    }

    private void lookLater() {
        if (!lookingLater) {
            lookingLater = true;
            tasks.schedule(PAUSE, () -> {
                lookingLater = false;
                look();
            });
        }
    }

    /** Everything the guest ever had is given back at once, and nobody will ask for what it still had in flight. */
    private void letGo() {
        if (job != null) {
            job.cancel();
            job = null;
        }
        phase = Phase.IDLE;
        if (device != null) {
            ServedDevice<W, P, ?> left = device;
            device = null;
            left.close();
        }
        try {
            if (journal != null) {
                Files.deleteIfExists(journal);
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", id, e.toString());
        }
    }

    private P known() {
        return Objects.requireNonNull(properties);
    }

    /** Only while there is such a device: what a toolstack has removed does not come back. */
    private void write(Map<String, String> nodes) throws IOException {
        store.writeAllIf(backend + "/frontend", nodes);
    }
}
