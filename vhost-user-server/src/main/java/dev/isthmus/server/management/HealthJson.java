package dev.isthmus.server.management;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.SystemHealthDescriptor;

/** Health in the shape Actuator's web endpoint gives it. */
final class HealthJson {
    private HealthJson() {}

    static Map<String, Object> of(HealthDescriptor health) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", health.getStatus().getCode());
        switch (health) {
            case CompositeHealthDescriptor composite -> {
                Map<String, Object> components = new LinkedHashMap<>();
                Objects.requireNonNullElse(composite.getComponents(), Map.<String, HealthDescriptor>of())
                        .forEach((name, component) -> components.put(name, of(component)));
                json.put("components", components);
                if (composite instanceof SystemHealthDescriptor system && system.getGroups() != null) {
                    json.put("groups", system.getGroups());
                }
            }
            case IndicatedHealthDescriptor indicated when indicated.getDetails() != null
                    && !indicated.getDetails().isEmpty() -> json.put("details", indicated.getDetails());
            default -> { // nothing but a status
            }
        }
        return json;
    }
}
