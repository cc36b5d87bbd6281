package dev.isthmus.blk.app;

import dev.isthmus.server.Endpoint;
import dev.isthmus.server.management.ManagementAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the process is to do; valid as a whole.
 *
 * @param devices at least one, with names and sockets of their own
 * @param management where the management API listens
 */
record BlkProperties(List<BlkDeviceProperties> devices, ManagementAddress management) {
    BlkProperties {
        devices = List.copyOf(devices);
    }

    static BlkProperties of(List<BlkDeviceProperties> devices, @Nullable ManagementAddress management) {
        if (devices.isEmpty()) {
            throw new PropertyException("nothing to do", "give --socket-path (or --fd) and --blk-file, --device, or a"
                    + " --config with isthmus.devices; --help lists all options");
        }
        refuseTwice(devices);
        return new BlkProperties(devices, ManagementParser.orDefault(management, devices));
    }

    private static void refuseTwice(List<BlkDeviceProperties> devices) {
        Map<String, String> names = new HashMap<>();
        Map<Object, String> endpoints = new HashMap<>();
        for (BlkDeviceProperties device : devices) {
            String other = endpoints.put(key(device.endpoint()), device.source());
            if (other != null) {
                throw new PropertyException(device.source(), describe(device.endpoint()) + " is also that of " + other);
            }
            other = names.put(device.name(), device.source());
            if (other != null) {
                throw new PropertyException(device.source(), "name \"" + device.name() + "\" is also that of " + other
                        + "; give one of them another name");
            }
        }
    }

    private static Object key(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Path(String path) -> Path.of(path).toAbsolutePath().normalize();
            case Endpoint.Client(String path) -> Path.of(path).toAbsolutePath().normalize();
            case Endpoint.Inherited(int fd) -> fd;
        };
    }

    private static String describe(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Path(String path) -> "socket-path " + path;
            case Endpoint.Client(String path) -> "socket-path " + path;
            case Endpoint.Inherited(int fd) -> "fd " + fd;
        };
    }
}
