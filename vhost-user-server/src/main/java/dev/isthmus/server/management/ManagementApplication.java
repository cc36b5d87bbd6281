package dev.isthmus.server.management;

import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * A Spring Boot application whose beans are registered by {@link ManagementBeans} and which looks for nothing else: no
 * annotations, no configuration files, no logging to set up, no hook at the JVM's end, no {@code spring.main} keys. All
 * of that is there already or belongs to the process, and looking for it costs more memory and time than what is found.
 */
final class ManagementApplication extends SpringApplication {
    private final ManagementSubjects subjects;

    ManagementApplication(ManagementSubjects subjects) {
        super(ManagementBeans.class);
        this.subjects = subjects;
        setApplicationContextFactory(type -> new GenericApplicationContext());
        setWebApplicationType(WebApplicationType.NONE);
        setBannerMode(Banner.Mode.OFF);
        setLogStartupInfo(false);
        setRegisterShutdownHook(false);
        setAddCommandLineProperties(false);
        setAddConversionService(false);
        setListeners(List.of());
        setInitializers(List.of());
    }

    @Override
    protected void load(ApplicationContext context, Object[] sources) {
        ManagementBeans.register((GenericApplicationContext) context, subjects);
    }

    @Override
    protected void bindToSpringApplication(ConfigurableEnvironment environment) {
        // Nothing of this application is the environment's to choose.
    }
}
