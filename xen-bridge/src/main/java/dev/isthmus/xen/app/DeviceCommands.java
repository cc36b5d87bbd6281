package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.netif.MacAddress;
import dev.isthmus.xen.netif.VifRate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a toolstack does, for devices no toolstack knows: their nodes are written and asked to be closed here, and a
 * daemon does the rest. Speaks to xenstore alone.
 */
final class DeviceCommands {
    private static final String TOKEN = "command";
    private static final int NAME_BYTES_MAX = 107;

    private final Xenstore store;
    private final StorePaths paths;

    DeviceCommands(Xenstore store, StorePaths paths) {
        this.store = store;
        this.paths = paths;
    }

    /**
     * Gives a guest a disk; returns when a daemon serves it, whether or not the guest has connected by then.
     *
     * @param domain its number or name
     * @param patience for the daemon and the back-end
     */
    void attach(String domain, String vdev, Path socket, boolean readOnly, Duration patience)
            throws IOException, InterruptedException {
        DeviceId id = own(domain, vdev);
        Map<String, String> nodes = nodes(id, socket);
        String backend = paths.backend(id);
        String frontend = frontend(id);
        nodes.put(backend + "/mode", readOnly ? "r" : "w");
        nodes.put(backend + "/dev", vdev);
        nodes.put(backend + "/device-type", "disk");
        nodes.put(frontend + "/virtual-device", Integer.toString(id.device()));
        nodes.put(frontend + "/device-type", "disk");
        attach(id, nodes, socket, patience);
    }

    /** The same with a card. */
    void attachCard(String domain, int number, MacAddress mac, VifRate rate, Path socket, Duration patience)
            throws IOException, InterruptedException {
        DeviceId id = ownCard(domain, number);
        Map<String, String> nodes = nodes(id, socket);
        for (String end : List.of(paths.backend(id), frontend(id))) {
            nodes.put(end + "/handle", Integer.toString(number));
            nodes.put(end + "/mac", mac.toString());
        }
        if (!rate.equals(VifRate.UNLIMITED)) {
            nodes.put(paths.backend(id) + "/rate", rate.bytes() + "," + rate.micros());
        }
        attach(id, nodes, socket, patience);
    }

    private void attach(DeviceId id, Map<String, String> nodes, Path socket, Duration patience)
            throws IOException, InterruptedException {
        String backend = paths.backend(id);
        String frontend = frontend(id);
        if (store.read(frontend + "/backend").isPresent()) {
            throw new CommandException("domain " + id.domain() + " has a " + name(id) + " already");
        }
        // First the directories with their permissions, which all below them get; a guest looks at its end as soon as
        // it has a state.
        make(backend, List.of("n" + paths.domain(), "r" + id.domain()));
        make(frontend, List.of("n" + id.domain(), "r" + paths.domain()));
        store.writeAll(nodes);
        boolean taken = awaitState(backend,
                Set.of(XenbusState.INIT_WAIT, XenbusState.INITIALISED, XenbusState.CONNECTED), patience);
        if (!taken) {
            store.remove(backend);
            store.remove(frontend);
            throw new CommandException("nobody served it within " + patience.toSeconds()
                    + " s: is isthmus-xen serve running, and does a back-end listen at " + socket + "?");
        }
    }

    private void make(String directory, List<String> permissions) throws IOException {
        store.write(directory, "");
        store.permit(directory, permissions);
    }

    private Map<String, String> nodes(DeviceId id, Path socket) {
        if (!socket.isAbsolute() || socket.toString().length() > NAME_BYTES_MAX) {
            throw new CommandException("\"" + socket + "\" is no absolute path of at most " + NAME_BYTES_MAX
                    + " bytes");
        }
        String backend = paths.backend(id);
        String frontend = frontend(id);
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(backend + "/frontend", frontend);
        nodes.put(backend + "/frontend-id", Integer.toString(id.domain()));
        nodes.put(backend + "/online", "1");
        nodes.put(backend + "/params", DiskTarget.params(socket));
        nodes.put(backend + "/state", XenbusState.INITIALISING.text());
        nodes.put(frontend + "/backend", backend);
        nodes.put(frontend + "/backend-id", Integer.toString(paths.domain()));
        nodes.put(frontend + "/state", XenbusState.INITIALISING.text());
        return nodes;
    }

    private static String name(DeviceId id) {
        return id.isCard() ? "vif" + id.device() : VirtualDevice.name(id.device());
    }

    /**
     * Asks a guest to let go of a disk; returns when it has and nothing is left of it.
     *
     * @param force takes it away from a guest that does not; what it has in flight then gets no answer
     */
    void detach(String domain, String vdev, boolean force, Duration patience)
            throws IOException, InterruptedException {
        detach(own(domain, vdev), force, patience);
    }

    /** The same of a card. */
    void detachCard(String domain, int number, boolean force, Duration patience)
            throws IOException, InterruptedException {
        detach(ownCard(domain, number), force, patience);
    }

    private void detach(DeviceId id, boolean force, Duration patience) throws IOException, InterruptedException {
        String backend = paths.backend(id);
        Map<String, String> closing = new LinkedHashMap<>();
        closing.put(backend + "/online", "0");
        if (XenbusState.of(store.read(backend + "/state")) != XenbusState.CLOSED) {
            closing.put(backend + "/state", XenbusState.CLOSING.text());
        }
        if (!store.writeAllIf(backend + "/frontend", closing)) {
            throw new CommandException("domain " + id.domain() + " has no " + name(id)
                    + " that was attached by isthmus-xen");
        }
        if (force) {
            store.remove(frontend(id));
        }
        if (!awaitState(backend, Set.of(XenbusState.UNKNOWN), patience)) {
            throw new CommandException("the guest has not let go of it within " + patience.toSeconds()
                    + " s, or isthmus-xen serve is not running; --force takes it away");
        }
    }

    /** A line for each device of ours that a name of a socket tells. */
    List<String> list() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String kind : List.of(DeviceId.VBD, DeviceId.VBD3, DeviceId.OWN, DeviceId.VIF, DeviceId.OWN_VIF)) {
            for (String domain : store.list(paths.backends() + "/" + kind)) {
                for (String device : store.list(paths.backends() + "/" + kind + "/" + domain)) {
                    Optional<DeviceId> id = DeviceId.parse(List.of(kind, domain, device));
                    if (id.isPresent()) {
                        line(id.get()).ifPresent(lines::add);
                    }
                }
            }
        }
        lines.addFirst(line("DOMAIN", "DEVICE", "KIND", "BRIDGE", "GUEST", "SOCKET"));
        return lines;
    }

    private Optional<String> line(DeviceId id) throws IOException {
        String backend = paths.backend(id);
        DeviceNodes nodes = DeviceNodes.read(store, backend);
        Optional<Path> socket = store.read(backend + "/params").flatMap(DiskTarget::socket);
        return socket.map(path -> line(Integer.toString(id.domain()), name(id), id.kind(),
                words(nodes.backendState()), words(nodes.frontendState()), path.toString()));
    }

    private static String line(String domain, String disk, String kind, String bridge, String guest, String socket) {
        return String.format(Locale.ROOT, "%-7s %-8s %-12s %-13s %-13s %s", domain, disk, kind, bridge, guest, socket);
    }

    private static String words(XenbusState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Waits for one of these states; {@code UNKNOWN} is that of a device that is gone. */
    private boolean awaitState(String backend, Set<XenbusState> wanted, Duration patience)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        store.watch(backend, TOKEN);
        try {
            while (true) {
                if (wanted.contains(XenbusState.of(store.read(backend + "/state")))) {
                    return true;
                }
                Duration left = patience.minusNanos(System.nanoTime() - begun);
                if (!left.isPositive()) {
                    return false;
                }
                store.awaitEvent(left);
            }
        } finally {
            store.unwatch(backend, TOKEN);
        }
    }

    private DeviceId own(String domain, String vdev) throws IOException {
        int device = VirtualDevice.number(vdev)
                .orElseThrow(() -> new CommandException("\"" + vdev + "\" is no disk such as xvdb"));
        return new DeviceId(DeviceId.OWN, domain(domain), device);
    }

    private DeviceId ownCard(String domain, int number) throws IOException {
        return new DeviceId(DeviceId.OWN_VIF, domain(domain), number);
    }

    private int domain(String domain) throws IOException {
        for (String number : store.list("/local/domain")) {
            if (number.equals(domain)
                    || store.read("/local/domain/" + number + "/name").equals(Optional.of(domain))) {
                return Integer.parseInt(number);
            }
        }
        throw new CommandException("there is no domain \"" + domain + "\"");
    }

    private static String frontend(DeviceId id) {
        return "/local/domain/" + id.domain() + "/device/" + (id.isCard() ? "vif" : "vbd") + "/" + id.device();
    }
}
