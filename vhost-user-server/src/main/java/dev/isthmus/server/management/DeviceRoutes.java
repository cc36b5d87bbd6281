package dev.isthmus.server.management;

import dev.isthmus.server.ServedDevice;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked about devices and done to them. */
final class DeviceRoutes {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int INTERNAL_SERVER_ERROR = 500;

    private final List<ServedDevice> devices;

    DeviceRoutes(List<ServedDevice> devices) {
        this.devices = devices;
    }

    List<Route> all() {
        return List.of(
                new Route("GET", "/devices", false, request -> ManagementResponse.json(OK,
                        Map.of("devices", devices.stream().map(DeviceRoutes::describe).toList()))),
                new Route("GET", "/devices/*", false, request -> {
                    ServedDevice device = find(request.parameter());
                    return device == null ? unknown(request) : ManagementResponse.json(OK, describe(device));
                }),
                new Route("POST", "/devices/*/refresh", true, this::refresh),
                new Route("POST", "/devices/*/snapshot", true, request -> change(request, "snapshot")),
                new Route("POST", "/devices/*/resize", true, request -> change(request, "resize")),
                new Route("POST", "/devices/*/qos", true, request -> change(request, "qos")),
                new Route("POST", "/devices/*/capture", true, request -> change(request, "capture")),
                new Route("POST", "/devices/*/faults", true, this::inject));
    }

    private ManagementResponse inject(ManagementRequest request) {
        ServedDevice device = find(request.parameter());
        if (device == null) {
            return unknown(request);
        }
        try {
            device.report().inject(request.query());
            return ManagementResponse.json(OK, describe(device));
        } catch (IllegalArgumentException e) {
            return ManagementResponse.error(BAD_REQUEST, device.name() + ": " + e.getMessage());
        }
    }

    private ManagementResponse change(ManagementRequest request, String what) {
        ServedDevice device = find(request.parameter());
        if (device == null) {
            return unknown(request);
        }
        try {
            device.report().change(what, request.query());
            return ManagementResponse.json(OK, describe(device));
        } catch (IllegalArgumentException e) {
            return ManagementResponse.error(BAD_REQUEST, device.name() + ": " + e.getMessage());
        } catch (IOException e) {
            return ManagementResponse.error(INTERNAL_SERVER_ERROR, device.name() + ": " + e.getMessage());
        }
    }

    private ManagementResponse refresh(ManagementRequest request) {
        ServedDevice device = find(request.parameter());
        if (device == null) {
            return unknown(request);
        }
        try {
            device.report().refresh();
            return ManagementResponse.json(OK, describe(device));
        } catch (IOException e) {
            return ManagementResponse.error(INTERNAL_SERVER_ERROR, device.name() + ": " + e.getMessage());
        }
    }

    private @Nullable ServedDevice find(String name) {
        return devices.stream().filter(device -> device.name().equals(name)).findFirst().orElse(null);
    }

    private static ManagementResponse unknown(ManagementRequest request) {
        return ManagementResponse.error(NOT_FOUND, "There is no device \"" + request.parameter() + "\".");
    }

    private static Map<String, Object> describe(ServedDevice device) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", device.name());
        json.putAll(device.details());
        json.put("problems", device.problems());
        return json;
    }
}
