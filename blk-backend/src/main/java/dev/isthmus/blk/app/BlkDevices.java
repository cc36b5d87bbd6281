package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.BlkDeviceOptions;
import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.fault.FaultStore;
import dev.isthmus.blk.store.limit.LimitGroups;
import dev.isthmus.blk.store.limit.LimitStore;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.server.ServedDevice;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.options.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts devices: first every store is looked at, then every socket is opened, so that a bad last image leaves no first
 * socket.
 */
final class BlkDevices {
    private static final Logger LOG = LoggerFactory.getLogger(BlkDevices.class);

    private BlkDevices() {}

    /** @throws IOException in one line which device cannot start and why */
    static List<ServedBlkDevice> start(List<BlkDeviceProperties> all, ServerProcess process) throws IOException {
        List<LimitStore> stores = new ArrayList<>();
        for (BlkDeviceProperties properties : all) {
            try {
                stores.add(open(properties));
            } catch (IOException e) {
                throw named(properties, e);
            }
        }
        List<ServedBlkDevice> served = new ArrayList<>();
        var groups = new LimitGroups();
        for (int i = 0; i < all.size(); i++) {
            served.add(start(all.get(i), stores.get(i), groups, process));
        }
        return served;
    }

    private static LimitStore open(BlkDeviceProperties properties) throws IOException {
        BlockStore store = properties.store().open(properties.name());
        if (!properties.faults()) {
            return LimitStore.around(store);
        }
        LOG.warn("{}: started with faults=on: the management API can make it hang and fail; for tests only", properties
                .name());
        return LimitStore.around(FaultStore.around(properties.name(), store));
    }

    private static ServedBlkDevice start(BlkDeviceProperties properties, LimitStore store, LimitGroups groups,
            ServerProcess process) throws IOException {
        var options = new BlkDeviceOptions(properties.serial(), properties.queues(), properties.stateFile());
        BlkDevice device = BlkDevice.create(properties.name(), options, store);
        try {
            DeviceServer server = process.start(watchdog -> DeviceServer.start(device, properties.endpoint(),
                    properties.workers(), properties.anyMemoryFile(), watchdog));
            process.companion(() -> refuseLostWrites(device));
            LOG.info("{}: {}, {}, {}, {} queues, {}", properties.name(), properties.common().where(),
                    properties.store().describe(), describe(store.limits()), properties.queues(),
                    properties.workers().transport().resolve().text());
            return new ServedBlkDevice(device,
                    new ServedDevice(server, new BlkReport(device, properties.store(), properties.workers().transport()
                            .resolve(), new DeviceLimit(properties.name(), store, groups),
                            store.behind() instanceof FaultStore faults ? faults : null)));
        } catch (IOException e) {
            throw named(properties, e);
        }
    }

    /** When all is closed: whether the last flush really made everything stable. */
    private static void refuseLostWrites(BlkDevice device) throws IOException {
        if (device.store().counters().flushFailed()) {
            throw new IOException(device.name() + ": a flush failed; what the guest wrote may be lost");
        }
    }

    private static IOException named(BlkDeviceProperties properties, IOException e) {
        return new IOException(properties.name() + ": " + e.getMessage(), e);
    }

    private static String describe(BlockLimits limits) {
        return Sizes.describe(limits.sizeBytes()) + (limits.readOnly() ? ", read-only" : "");
    }
}
