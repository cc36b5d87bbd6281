package dev.isthmus.net.app;

import dev.isthmus.net.NetDevice;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.server.ServedDevice;
import dev.isthmus.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts devices: first every uplink is opened, then every socket, so that a bad last interface leaves no first socket.
 */
final class NetDevices {
    private static final Logger LOG = LoggerFactory.getLogger(NetDevices.class);

    private NetDevices() {}

    /** @throws IOException in one line which device cannot start and why */
    static List<ServedNetDevice> start(List<NetDeviceProperties> all, ServerProcess process) throws IOException {
        List<OpenUplink> uplinks = new ArrayList<>();
        List<ServedNetDevice> served = new ArrayList<>();
        try {
            for (NetDeviceProperties properties : all) {
                uplinks.add(open(properties));
            }
            for (int i = 0; i < all.size(); i++) {
                served.add(start(all.get(i), uplinks.get(i), process));
            }
            return served;
        } catch (IOException e) {
            // Those of devices that serve are the devices'.
            for (OpenUplink uplink : uplinks.subList(served.size(), uplinks.size())) {
                uplink.uplink().close();
            }
            throw e;
        }
    }

    private static OpenUplink open(NetDeviceProperties properties) throws IOException {
        try {
            return properties.uplink().open(properties.name());
        } catch (IOException e) {
            throw named(properties, e);
        }
    }

    private static ServedNetDevice start(NetDeviceProperties properties, OpenUplink uplink, ServerProcess process)
            throws IOException {
        NetDevice device = NetDevice.create(properties.name(), properties.options(), uplink.uplink());
        try {
            DeviceServer server = process.start(watchdog -> DeviceServer.start(device, properties.endpoint(),
                    properties.workers(), properties.anyMemoryFile(), watchdog));
            LOG.info("{}: {}, {}, MTU {}, {} queue pairs, {}", properties.name(), properties.common().where(),
                    properties.uplink().describe(), uplink.uplink().abilities().mtu(),
                    properties.options().queuePairs(), properties.workers().transport().resolve().text());
            return new ServedNetDevice(device, new ServedDevice(server, new NetReport(properties, uplink)));
        } catch (IOException e) {
            throw named(properties, e);
        }
    }

    private static IOException named(NetDeviceProperties properties, IOException e) {
        return new IOException(properties.name() + ": " + e.getMessage(), e);
    }
}
