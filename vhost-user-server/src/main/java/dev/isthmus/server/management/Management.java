package dev.isthmus.server.management;

import dev.isthmus.server.ServedDevice;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Metrics, health and the management API of a process, from the time its devices serve: the Spring context and the HTTP
 * server before it.
 */
public final class Management implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final ManagementServer server;

    private Management(ConfigurableApplicationContext context, ManagementServer server) {
        this.context = context;
        this.server = server;
    }

    /**
     * Starts.
     *
     * @param address not {@link ManagementAddress.Off}
     * @param deviceTypeMetrics what the process counts beside what is counted about any device
     * @throws IOException with one clear line, when it cannot listen there
     */
    public static Management start(ManagementAddress address, List<ServedDevice> devices,
            MultiCollector deviceTypeMetrics) throws IOException {
        ConfigurableApplicationContext context =
                new ManagementApplication(new ManagementSubjects(devices, deviceTypeMetrics)).run();
        try {
            List<Route> routes = new ArrayList<>(new ActuatorRoutes(context.getBean(HealthEndpoint.class),
                    context.getBean(PrometheusScrapeEndpoint.class)).all());
            routes.addAll(new DeviceRoutes(devices).all());
            return new Management(context, ManagementServer.start(address, new Router(routes)));
        } catch (IOException | RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** Where it listens. */
    SocketAddress address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        context.close();
    }
}
