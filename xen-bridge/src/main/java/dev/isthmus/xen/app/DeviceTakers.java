package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.netif.MacAddress;
import dev.isthmus.xen.netif.NetifCardOptions;
import dev.isthmus.xen.netif.VifRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells from a device's nodes whether it is ours, and makes it. All on the thread of decisions. */
final class DeviceTakers {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTakers.class);

    private final Xenstore store;
    private final StorePaths paths;
    private final Tasks tasks;
    private final DeviceOpeners openers;
    private final Path runDirectory;
    private final Taken taken;

    DeviceTakers(Xenstore store, StorePaths paths, Tasks tasks, DeviceOpeners openers, Path runDirectory,
            Taken taken) {
        this.store = store;
        this.paths = paths;
        this.tasks = tasks;
        this.openers = openers;
        this.runDirectory = runDirectory;
        this.taken = taken;
    }

    /** A device of a kind that may be ours; empty when it is not. */
    Optional<GuestDevice<?, ?>> take(DeviceId id) throws IOException {
        return id.isCard() ? card(id) : disk(id);
    }

    private Optional<GuestDevice<?, ?>> disk(DeviceId id) throws IOException {
        String backend = paths.backend(id);
        Optional<Path> socket = store.read(backend + "/params").flatMap(DiskTarget::socket);
        if (socket.isEmpty()) {
            return Optional.empty();
        }
        boolean readOnly = !store.read(backend + "/mode").orElse("w").startsWith("w");
        LOG.info("{}: is ours, {}{}", id, socket.get(), readOnly ? ", read-only" : "");
        Path journal = runDirectory.resolve(id + ".journal");
        BlkifDiskOptions options = BlkifDiskOptions.of(id.toString(), socket.get(), id.domain(), journal, readOnly);
        return Optional.of(new GuestDevice<>(id, socket.get(), journal, store, paths, tasks, new DiskNodes(),
                () -> openers.disk(options)));
    }

    private Optional<GuestDevice<?, ?>> card(DeviceId id) throws IOException {
        String backend = paths.backend(id);
        // A toolstack's card has it once it was served; its back-end may be away when the next process looks.
        Optional<Path> written = store.read(backend + "/params").flatMap(DiskTarget::socket);
        Optional<Path> socket = written.isPresent() || id.isOwn() ? written
                : taken.vifSocket(interfaceName(id, backend));
        if (socket.isEmpty()) {
            return Optional.empty();
        }
        String text = store.read(backend + "/mac").orElse("");
        Optional<MacAddress> mac = MacAddress.parse(text);
        if (mac.isEmpty()) {
            LOG.warn("{}: cannot be served, its address is {}", id, GuestNodes.quote(text));
            return Optional.empty();
        }
        VifRate rate = rate(id, backend);
        LOG.info("{}: is ours, {}, {}{}", id, mac.get(), socket.get(), rate.equals(VifRate.UNLIMITED) ? ""
                : ", at most " + rate.bytes() + " bytes in " + rate.micros() + " microseconds");
        NetifCardOptions options = new NetifCardOptions(id.toString(), socket.get(), id.domain(), mac.get(), rate,
                NetifCardOptions.POLL);
        return Optional.of(new GuestDevice<>(id, socket.get(), null, store, paths, tasks, new CardNodes(socket.get()),
                () -> openers.card(options)));
    }

    /** As Xen's scripts have it: {@code vif-common.sh}. */
    private String interfaceName(DeviceId id, String backend) throws IOException {
        Optional<String> given = store.read(backend + "/vifname").filter(name -> !name.isEmpty());
        return given.orElse("vif" + id.domain() + "." + id.device());
    }

    private VifRate rate(DeviceId id, String backend) throws IOException {
        Optional<String> text = store.read(backend + "/rate");
        Optional<VifRate> rate = text.flatMap(VifRate::parse);
        if (text.isPresent() && rate.isEmpty()) {
            LOG.warn("{}: its rate is {}, no bytes and microseconds: it has none", id, GuestNodes.quote(text.get()));
        }
        return rate.orElse(VifRate.UNLIMITED);
    }
}
