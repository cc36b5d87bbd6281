package dev.isthmus.server.management;

import dev.isthmus.server.ServedDevice;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Metrics, health and the management API of a process, from the time its devices serve: the Spring context and the HTTP
 * server before it.
 */
public final class Management implements AutoCloseable {
    /** Spring's own properties. The environment and the process's properties go before them, as always. */
    private static final Map<String, Object> PROPERTIES = Map.of(
            "management.endpoint.health.group.readiness.include", "readinessState,devices",
            "management.endpoint.health.group.readiness.show-details", "always",
            "management.endpoint.health.group.liveness.include", "livenessState",
            "management.endpoint.health.show-details", "always");

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
        ConfigurableApplicationContext context = context(new ManagementSubjects(devices, deviceTypeMetrics));
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

    /**
     * Without listeners of Spring Boot: they would look for configuration files, which are read already, and set up
     * logging, which is there already. The hook that ends the process closes the context too.
     */
    private static ConfigurableApplicationContext context(ManagementSubjects subjects) {
        var application = new SpringApplication(ManagementConfiguration.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setLazyInitialization(true);
        application.setAddCommandLineProperties(false);
        application.setListeners(List.of());
        application.setDefaultProperties(PROPERTIES);
        application.setInitializers(List.of(context -> context.getBeanFactory().registerSingleton("subjects",
                subjects)));
        return application.run();
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
