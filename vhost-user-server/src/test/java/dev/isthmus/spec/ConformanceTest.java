package dev.isthmus.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/conformance.md is what the tests say. */
class ConformanceTest {
    private static final String WRITE = "isthmus.conformance.write";
    private static final String HOW =
            "docs/conformance.md is not what the tests' @Clause annotations say; make it again with"
                    + " mvn test -pl vhost-user-server -Dtest=ConformanceTest -D" + WRITE + "=true";

    private static ConformanceTable table() throws IOException {
        Path root = SourceTree.root();
        List<Path> tests = SourceTree.javaFiles(root).stream()
                .filter(file -> root.relativize(file).toString().contains("/src/test/java/")).toList();
        return new ConformanceTable(Requirement.all(), ClauseScanner.scan(root, tests));
    }

    @Test
    void everyRequirementThatAppliesHasATest() throws IOException {
        assertThat(table().untested()).isEmpty();
    }

    @Test
    void theDocumentIsUpToDate() throws IOException {
        Path document = SourceTree.root().resolve("docs/conformance.md");
        String expected = table().markdown();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(document, expected);
        }
        assertThat(Files.exists(document) && Files.readString(document).equals(expected)).as(HOW).isTrue();
    }

    @Test
    void clausesAreFoundOnMethodsAndClassesInTheOrderOfTheirNumbers() {
        var table = new ConformanceTable(List.of(new Requirement("2.7.9", "MUST", "be", ""), new Requirement("2.7.10",
                "MUST", "be", "it is not")), List.of(new TaggedTest("virtio 1.3, 2.7.8", "m/A.java", "A", "a"),
                        new TaggedTest("vhost-user, Header", "m/B.java", "B", "")));

        assertThat(table.untested()).containsExactly("virtio 1.3, 2.7.9");
        assertThat(table.markdown()).containsSubsequence("| 2.7.9 | MUST be |  |",
                "| 2.7.10 | MUST be (*does not apply",
                "| 2.7.8 | [A](../m/A.java) `a` |", "| Header | [B](../m/B.java) |");
    }
}
