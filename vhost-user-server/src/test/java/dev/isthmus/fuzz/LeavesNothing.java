package dev.isthmus.fuzz;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Each test of the class leaves the process's descriptors, shared mappings and threads as they were before its instance
 * was made: what the fields, the test and its clean-up opened is closed again. For tests whose instances are made for
 * each method.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(LeavesNothing.Check.class)
public @interface LeavesNothing {
    /** Looks before the instance is made, and after the last {@code @AfterEach}. */
    final class Check implements TestInstancePreConstructCallback, AfterEachCallback {
        private ProcessResources before = ProcessResources.now();

        @Override
        public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
            before = ProcessResources.now();
        }

        @Override
        public void afterEach(ExtensionContext context) {
            before.expectAgain();
        }
    }
}
