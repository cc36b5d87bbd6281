package dev.isthmus.xen.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Health in the shape Spring Boot's Actuator gives it, as the back-ends of this project do.
 *
 * @param isUp whether the status is UP
 * @param json what is told about it
 */
record BridgeHealth(boolean isUp, Map<String, Object> json) {
    private static final String STATUS = "status";

    /** UP while no device has a problem. Without devices there is none. */
    static BridgeHealth of(List<DeviceView> devices) {
        boolean up = devices.stream().allMatch(device -> device.problems().isEmpty());
        Map<String, Object> components = new LinkedHashMap<>();
        for (DeviceView device : devices) {
            components.put(device.id().toString(), component(device));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(STATUS, status(up));
        json.put("components",
                Map.of("devices", Map.of(STATUS, status(up), "components", components)));
        json.put("groups", List.of("liveness", "readiness"));
        return new BridgeHealth(up, json);
    }

    /** Whether the process works at all; a back-end that is away does not count. */
    static BridgeHealth alive() {
        return new BridgeHealth(true, Map.of(STATUS, status(true)));
    }

    private static Map<String, Object> component(DeviceView device) {
        List<String> problems = device.problems();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("domain", device.id().domain());
        details.put("socket", device.socket().toString());
        details.put("phase", device.phase().name().toLowerCase(Locale.ROOT));
        details.put("backendConnected", device.isBackendConnected());
        if (!problems.isEmpty()) {
            details.put("problems", problems);
        }
        Map<String, Object> component = new LinkedHashMap<>();
        component.put(STATUS, status(problems.isEmpty()));
        component.put("details", details);
        return component;
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
