package dev.isthmus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The dependency rules, held by the main classes of the module whose tests run. Every module has one subclass. */
public abstract class ArchitectureContract {

    private static final Path MAIN_CLASSES = Path.of("target", "classes");

    @Test
    void seesTheMainClassesOfItsModule() {
        assertThat(new ClassFileImporter().importPath(MAIN_CLASSES)).isNotEmpty();
    }

    @TestFactory
    Stream<DynamicTest> mainClassesKeepTheRule() {
        JavaClasses classes = new ClassFileImporter().importPath(MAIN_CLASSES);
        return DependencyRules.all().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes)));
    }
}
