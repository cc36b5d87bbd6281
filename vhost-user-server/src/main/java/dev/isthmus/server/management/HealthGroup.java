package dev.isthmus.server.management;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

/**
 * A group of contributors to health, shown with all details: who may ask at all may know.
 *
 * @param members names of contributors
 */
record HealthGroup(Set<String> members) implements HealthEndpointGroup {
    @Override
    public boolean isMember(String name) {
        int nested = name.indexOf('/'); // "devices/a" belongs to where "devices" does
        return members.contains(nested < 0 ? name : name.substring(0, nested));
    }

    @Override
    public boolean showComponents(SecurityContext securityContext) {
        return true;
    }

    @Override
    public boolean showDetails(SecurityContext securityContext) {
        return true;
    }

    @Override
    public StatusAggregator getStatusAggregator() {
        return StatusAggregator.getDefault();
    }

    @Override
    public HttpCodeStatusMapper getHttpCodeStatusMapper() {
        return HttpCodeStatusMapper.getDefault();
    }

    @Override
    public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
        return null;
    }
}
