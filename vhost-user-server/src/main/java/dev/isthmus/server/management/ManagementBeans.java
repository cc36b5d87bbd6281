package dev.isthmus.server.management;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.application.LivenessStateHealthIndicator;
import org.springframework.boot.health.application.ReadinessStateHealthIndicator;
import org.springframework.boot.health.registry.DefaultHealthContributorRegistry;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.context.support.GenericApplicationContext;

/**
 * What the management API is made of: Actuator's endpoints and the meters of the JVM. Registered one by one, each with
 * its supplier: annotations and auto-configuration would find the same dozen beans with a thousand classes more.
 */
final class ManagementBeans {
    private static final String LIVENESS_STATE = "livenessState";
    private static final String READINESS_STATE = "readinessState";
    private static final String DEVICES = "devices";
    /** An indicator that takes longer than this is named in the log. */
    private static final Duration SLOW_INDICATOR = Duration.ofSeconds(10);

    private static final double NANOS_PER_SECOND = 1e9;

    private ManagementBeans() {}

    static void register(GenericApplicationContext context, ManagementSubjects subjects) {
        context.registerBean(ApplicationAvailabilityBean.class, () -> new ApplicationAvailabilityBean());
        context.registerBean(HealthEndpoint.class,
                () -> health(context.getBean(ApplicationAvailability.class), subjects));
        context.registerBean(JvmGcMetrics.class, () -> new JvmGcMetrics());
        context.registerBean(PrometheusMeterRegistry.class,
                () -> meters(context.getBean(JvmGcMetrics.class), subjects));
        context.registerBean(PrometheusScrapeEndpoint.class, () -> new PrometheusScrapeEndpoint(
                context.getBean(PrometheusMeterRegistry.class).getPrometheusRegistry(), new Properties()));
    }

    private static HealthEndpoint health(ApplicationAvailability availability, ManagementSubjects subjects) {
        HealthContributorRegistry registry = new DefaultHealthContributorRegistry();
        registry.registerContributor(DEVICES, subjects.health());
        registry.registerContributor(LIVENESS_STATE, new LivenessStateHealthIndicator(availability));
        registry.registerContributor(READINESS_STATE, new ReadinessStateHealthIndicator(availability));
        HealthEndpointGroups groups = HealthEndpointGroups.of(
                new HealthGroup(Set.of(DEVICES, LIVENESS_STATE, READINESS_STATE)),
                Map.of("liveness", new HealthGroup(Set.of(LIVENESS_STATE)),
                        "readiness", new HealthGroup(Set.of(READINESS_STATE, DEVICES))));
        return new HealthEndpoint(registry, null, groups, SLOW_INDICATOR);
    }

    private static PrometheusMeterRegistry meters(JvmGcMetrics gc, ManagementSubjects subjects) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        bindProcessorTime(registry);
        subjects.collectors().forEach(collector -> registry.getPrometheusRegistry().register(collector));
        return registry;
    }

    /** Under the name that client libraries of Prometheus give it; Micrometer's own is in other units. */
    private static void bindProcessorTime(MeterRegistry registry) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, bean -> bean.getProcessCpuTime() / NANOS_PER_SECOND)
                    .baseUnit("seconds").description("Processor time of all threads.").register(registry);
        }
    }
}
