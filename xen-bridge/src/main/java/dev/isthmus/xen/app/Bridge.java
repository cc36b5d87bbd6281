package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds devices in xenstore, tells those that are ours that something has changed, and hands the others to the kernel
 * where it takes none by itself. All on the thread of decisions but where it says so.
 */
final class Bridge {
    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

    /** Tokens of watches. */
    private static final String BACKENDS = "backends";
    private static final String DOMAINS = "domains";
    private static final String FRONTEND = "frontend:";

    /** A domain's number, which has 15 bits. */
    private static final Pattern DOMAIN = Pattern.compile("\\d{1,5}");

    private static final String RELEASE_DOMAIN = "@releaseDomain";

    private final Xenstore store;
    private final StorePaths paths;
    private final Tasks tasks;
    private final DeviceTakers takers;
    private final Set<String> kinds;
    private final Optional<KernelDevices> kernel;
    private final Optional<OtherDevices> others;
    /** Read by any thread. */
    private final Map<DeviceId, GuestDevice<?, ?>> devices = new ConcurrentHashMap<>();
    private final Map<DeviceId, String> frontends = new ConcurrentHashMap<>();

    /**
     * @param runDirectory for the devices' journals
     * @param taken which of the kernel's devices are ours as well
     */
    Bridge(Xenstore store, StorePaths paths, Tasks tasks, DeviceOpeners openers, Path runDirectory, Taken taken) {
        this.store = store;
        this.paths = paths;
        this.tasks = tasks;
        this.takers = new DeviceTakers(store, paths, tasks, openers, runDirectory, taken);
        this.kernel = Optional.ofNullable(taken.kernel());
        this.others = kernel.map(bus -> new OtherDevices(bus, tasks, this::isNew));
        Set<String> ours = new HashSet<>(Set.of(DeviceId.VBD3, DeviceId.OWN, DeviceId.OWN_VIF));
        if (taken.vbd()) {
            ours.add(DeviceId.VBD);
        }
        if (taken.vifSockets() != null) {
            ours.add(DeviceId.VIF);
        }
        this.kinds = Set.copyOf(ours);
    }

    /** Begins to watch; each watch reports once at once, which finds what is there already. Any thread. */
    void start() throws IOException {
        if (kernel.isPresent()) {
            kernel.get().autoprobe(false);
        }
        store.watch(RELEASE_DOMAIN, DOMAINS);
        if (kernel.isPresent()) {
            store.watch(paths.backends(), BACKENDS);
        } else {
            for (String kind : kinds) {
                store.watch(paths.backends() + "/" + kind, BACKENDS);
            }
        }
    }

    /** What it looks for, for a log line. */
    String describe() {
        return String.join(", ", new TreeSet<>(kinds)) + " at " + paths.backends();
    }

    /** Hands events on until there are no more. A thread of its own. */
    void handleEvents() throws InterruptedException {
        for (var event = store.awaitEvent(); event.isPresent(); event = store.awaitEvent()) {
            Xenstore.WatchEvent happened = event.get();
            var handled = new CountDownLatch(1);
            tasks.execute(() -> {
                try {
                    handle(happened);
                } finally {
                    handled.countDown();
                }
            });
            // Waiting, equal events become one; on the thread of decisions they would queue up.
            handled.await();
        }
    }

    /** Of any thread. */
    List<DeviceView> views() {
        Collection<GuestDevice<?, ?>> now = devices.values();
        List<DeviceView> views = new ArrayList<>(now.size());
        now.forEach(device -> views.add(device.view()));
        views.sort((a, b) -> a.id().toString().compareTo(b.id().toString()));
        return views;
    }

    /** The process ends: the kernel has its way again, and the guests wait for the next process. */
    void leave() {
        devices.values().forEach(GuestDevice::leave);
        kernel.ifPresent(bus -> {
            try {
                bus.autoprobe(true);
            } catch (IOException e) {
                LOG.warn("the kernel's drivers stay without new devices: {}", e.getMessage());
            }
        });
    }

    void handle(Xenstore.WatchEvent event) {
        try {
            if (event.token().equals(DOMAINS)) {
                List.copyOf(devices.values()).forEach(this::look);
                removeEmptyDirectories();
            } else if (event.token().startsWith(FRONTEND)) {
                frontendChanged(event.token().substring(FRONTEND.length()));
            } else {
                backendChanged(paths.partsOf(event.path()));
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", event.path(), e.getMessage());
        }
    }

    /** Those of domains that have ended, above devices of our own kind; no toolstack knows them. */
    private void removeEmptyDirectories() throws IOException {
        String ours = paths.backends() + "/" + DeviceId.OWN;
        for (String domain : store.list(ours)) {
            boolean ended = DOMAIN.matcher(domain).matches() && !store.isIntroduced(Integer.parseInt(domain));
            if (ended && store.list(ours + "/" + domain).isEmpty()) {
                store.remove(ours + "/" + domain);
            }
        }
    }

    private void frontendChanged(String name) {
        for (GuestDevice<?, ?> device : devices.values()) {
            if (device.id().toString().equals(name)) {
                look(device);
            }
        }
    }

    private void backendChanged(List<String> parts) throws IOException {
        Optional<DeviceId> changed = DeviceId.parse(parts);
        if (changed.isPresent()) {
            deviceChanged(changed.get());
            return;
        }
        List<String> found = parts.isEmpty() ? store.list(paths.backends()) : List.of(parts.getFirst());
        for (String kind : found) {
            for (String domain : store.list(paths.backends() + "/" + kind)) {
                for (String device : store.list(paths.backends() + "/" + kind + "/" + domain)) {
                    Optional<DeviceId> id = DeviceId.parse(List.of(kind, domain, device));
                    if (id.isPresent()) {
                        deviceChanged(id.get());
                    }
                }
            }
        }
        // Those whose directories went away with the one above them.
        List.copyOf(devices.values()).forEach(this::look);
    }

    private void deviceChanged(DeviceId id) throws IOException {
        GuestDevice<?, ?> known = devices.get(id);
        if (known != null) {
            look(known);
            return;
        }
        String backend = paths.backend(id);
        Optional<String> frontend = store.read(backend + "/frontend");
        if (frontend.isEmpty() || frontend.get().isEmpty()) {
            others.ifPresent(other -> other.lost(id));
            return;
        }
        Optional<String> params = store.read(backend + "/params");
        if (id.kind().equals(DeviceId.VBD) && params.isEmpty() && store.read(backend + "/physical-device").isEmpty()) {
            // Whose it is has not been written yet.
            return;
        }
        Optional<GuestDevice<?, ?>> ours = kinds.contains(id.kind()) ? takers.take(id) : Optional.empty();
        if (ours.isPresent()) {
            take(id, ours.get(), frontend.get());
        } else {
            others.ifPresent(other -> other.found(id));
        }
    }

    private boolean isNew(DeviceId id) {
        try {
            return XenbusState.of(store.read(paths.backend(id) + "/state")) == XenbusState.INITIALISING;
        } catch (IOException e) {
            LOG.warn("{}: {}", id, e.getMessage());
            return false;
        }
    }

    private void take(DeviceId id, GuestDevice<?, ?> device, String frontend) throws IOException {
        kernel.ifPresent(bus -> bus.driver(id).ifPresent(driver -> takeFrom(bus, id, driver)));
        devices.put(id, device);
        frontends.put(id, frontend);
        // Reports once at once, so that the device is looked at.
        store.watch(frontend + "/state", FRONTEND + id);
    }

    /** It came before we did. The driver cannot serve what it names. */
    private static void takeFrom(KernelDevices bus, DeviceId id, String driver) {
        LOG.warn("{}: the kernel's driver {} has it; taking it away", id, driver);
        try {
            bus.unbind(id, driver);
        } catch (IOException e) {
            LOG.warn("{}: {}", id, e.getMessage());
        }
    }

    private void look(GuestDevice<?, ?> device) {
        if (device.look()) {
            return;
        }
        devices.remove(device.id());
        String frontend = frontends.remove(device.id());
        try {
            if (frontend != null) {
                store.unwatch(frontend + "/state", FRONTEND + device.id());
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", device.id(), e.getMessage());
        }
    }
}
