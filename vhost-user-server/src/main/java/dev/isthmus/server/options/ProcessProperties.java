package dev.isthmus.server.options;

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
public record ProcessProperties<D extends DeviceProperties>(List<D> devices, ManagementAddress management) {
    public ProcessProperties {
        devices = List.copyOf(devices);
    }

    static <D extends DeviceProperties> ProcessProperties<D> of(Program program, List<D> devices,
            @Nullable ManagementAddress management) {
        if (devices.isEmpty()) {
            throw new PropertyException("nothing to do", "give " + program.nothingToDo());
        }
        refuseTwice(devices);
        return new ProcessProperties<>(devices, ManagementParser.orDefault(management, devices));
    }

    private static void refuseTwice(List<? extends DeviceProperties> devices) {
        Map<String, String> names = new HashMap<>();
        Map<Object, String> endpoints = new HashMap<>();
        for (DeviceProperties device : devices) {
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
