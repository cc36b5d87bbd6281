package dev.isthmus.server.management;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusOutputFormat;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;

/** Actuator's endpoints under the paths its users know. */
final class ActuatorRoutes {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final int NOT_FOUND = 404;

    private final HealthEndpoint health;
    private final PrometheusScrapeEndpoint prometheus;

    ActuatorRoutes(HealthEndpoint health, PrometheusScrapeEndpoint prometheus) {
        this.health = health;
        this.prometheus = prometheus;
    }

    List<Route> all() {
        return List.of(
                new Route("GET", "/actuator/health", false, request -> answer(health.health())),
                new Route("GET", "/actuator/health/*", false,
                        request -> answer(health.healthForPath(request.parameter()))),
                new Route("GET", "/actuator/prometheus", false, this::scrape));
    }

    private static ManagementResponse answer(@Nullable HealthDescriptor health) {
        return health == null
                ? ManagementResponse.error(NOT_FOUND, "There is no such group or component of health.")
                : ManagementResponse.json(HttpCodeStatusMapper.getDefault().getStatusCode(health.getStatus()),
                        HealthJson.of(health));
    }

    private ManagementResponse scrape(ManagementRequest request) {
        PrometheusOutputFormat format = request.accept().contains(OPEN_METRICS)
                ? PrometheusOutputFormat.CONTENT_TYPE_OPENMETRICS_100
                : PrometheusOutputFormat.CONTENT_TYPE_004;
        WebEndpointResponse<byte[]> scrape = prometheus.scrape(format, null);
        byte[] body = scrape.getBody();
        return new ManagementResponse(scrape.getStatus(), String.valueOf(scrape.getContentType()),
                body == null ? new byte[0] : body);
    }
}
