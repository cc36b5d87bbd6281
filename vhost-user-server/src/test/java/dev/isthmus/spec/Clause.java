package dev.isthmus.spec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The clause a test shows to hold: the specification, a comma, and number or title, as in {@code "virtio 1.3,
 * 2.7.5.3.2"} or {@code "vhost-user, Ring states"}. {@code docs/conformance.md} is made of these.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(Clause.List.class)
public @interface Clause {
    String value();

    /** Several clauses shown by one test. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.TYPE})
    @interface List {
        Clause[] value();
    }
}
