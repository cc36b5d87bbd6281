package dev.isthmus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TidyTest {

    private static final String MAIN = "module/src/main/java/dev/isthmus/vring/Sample.java";
    private static final String TEST = "module/src/test/java/dev/isthmus/vring/SampleTest.java";
    private static final String OPTIONS = "module/src/main/java/dev/isthmus/server/options/Sample.java";
    private static final String APP = "module/src/main/java/dev/isthmus/blk/app/Sample.java";
    private static final String LINUX = "module/src/main/java/dev/isthmus/linux/Sample.java";

    @Test
    void everySourceFileOfTheTreeIsTidy() {
        Path root = SourceTree.root();

        assertThat(SourceTree.javaFiles(root)).hasSizeGreaterThan(10);
        assertThat(SourceTree.faults(root)).isEmpty();
    }

    @Test
    void refusesFilesOverFiveHundredLines() {
        assertThat(faults(MAIN, "class Sample {" + "\n".repeat(499) + "}")).isEmpty();
        assertThat(faults(MAIN, "class Sample {" + "\n".repeat(500) + "}")).containsExactly(
                MAIN + ": 501 lines, more than 500");
    }

    @Test
    void refusesLinesOverAHundredAndTwentyColumns() {
        assertThat(faults(MAIN, "class Sample {} //" + "─".repeat(102))).isEmpty();
        assertThat(faults(MAIN, "class Sample {} //" + "─".repeat(103))).containsExactly(
                MAIN + ":1: more than 120 columns");
    }

    @Test
    void refusesMethodsOverSixtyLines() {
        assertThat(faults(MAIN, "class Sample {\nvoid run() {" + "\n".repeat(59) + "} }")).isEmpty();
        assertThat(faults(MAIN, "class Sample {\nvoid run() {" + "\n".repeat(60) + "} }")).containsExactly(
                MAIN + ":2: method run has 61 lines, more than 60");
    }

    @Test
    void refusesEveryKindOfBodyOverSixtyLines() {
        String body = "{" + "\n".repeat(60) + "}";
        assertThat(faults(MAIN, "class Sample { Runnable r = () -> " + body + "; }")).singleElement().asString()
                .contains("lambda has 61 lines");
        assertThat(faults(MAIN, "record Sample(int a) { Sample " + body + " }")).singleElement().asString()
                .contains("method <init> has 61 lines");
        assertThat(faults(MAIN, "class Sample { static " + body + " }")).singleElement().asString()
                .contains("initializer has 61 lines");
        assertThat(faults(MAIN, "enum Sample { A { int of(int a) { return switch (a) { case 1 -> " + body
                + " default -> 2; }; } } }")).singleElement().asString().contains("method of has 61 lines");
    }

    @Test
    void countsNoBraceInStringsAndComments() {
        String text = "class Sample {\nvoid a() { String s = \"{\"; /* { */ char c = '{'; }" + "\n".repeat(60)
                + "void b() { String s = \"\"\"\n{{{\n\"\"\"; } }";

        assertThat(faults(MAIN, text)).isEmpty();
    }

    @Test
    void refusesPrintingOutsideApplications() {
        for (String stream : List.of("out", "err")) {
            String text = "class Sample { void run() { System." + stream + ".println(); } }";
            assertThat(faults(MAIN, text)).containsExactly(
                    MAIN + ":1: System." + stream + " outside an application's package");
            assertThat(faults(TEST, text)).hasSize(1);
            assertThat(faults(APP, text)).isEmpty();
            assertThat(faults(OPTIONS, text)).isEmpty();
        }
        assertThat(faults(MAIN, "import static java.lang.System.out;\nclass Sample {}")).hasSize(1);
        assertThat(faults(MAIN, "class Sample { String s = \"System.out\"; /** System.out */ int a; }")).isEmpty();
    }

    @Test
    void refusesSleeping() {
        assertThat(faults(TEST, "class Sample { void run() throws Exception { Thread.sleep(1); } }"))
                .containsExactly(TEST + ":1: Thread.sleep: wait for the thing itself");
        assertThat(faults(APP, "class Sample { Object run() { return of(Thread::sleep); } }")).hasSize(1);
        assertThat(faults(MAIN, "import static java.lang.Thread.sleep;\nclass Sample {}")).hasSize(1);
    }

    @Test
    void refusesThingsToDoWithoutANumber() {
        String todo = "TO" + "DO";
        assertThat(faults(MAIN, "class Sample {} // " + todo + " later")).containsExactly(
                MAIN + ":1: a thing to do without a number");
        assertThat(faults(MAIN, "class Sample {} // " + todo + " #12 later")).isEmpty();
        assertThat(faults(MAIN, "class Sample {} // " + todo + "(#12): later")).isEmpty();
    }

    @Test
    void refusesTheLinkerOutsideLinux() {
        String imported = "import java.lang.foreign.Linker;\nclass Sample {}";
        String wildcard = "import java.lang.foreign.*;\nclass Sample { Object a = Linker.nativeLinker(); }";
        assertThat(faults(MAIN, imported)).containsExactly(MAIN + ":1: java.lang.foreign.Linker outside linux");
        assertThat(faults(MAIN, wildcard)).containsExactly(MAIN + ":2: java.lang.foreign.Linker outside linux");
        assertThat(faults(LINUX, imported)).isEmpty();
        assertThat(faults(LINUX, wildcard)).isEmpty();
    }

    @Test
    void refusesWhatDoesNotParse() {
        assertThat(faults(MAIN, "class Sample {")).isNotEmpty();
    }

    @Test
    void refusesMainPackagesWithoutNullMarked(@TempDir Path root) throws IOException {
        Path good = sourceDirectory(root, "main", "good");
        Path bare = sourceDirectory(root, "main", "bare");
        Path unmarked = sourceDirectory(root, "main", "unmarked");
        sourceDirectory(root, "test", "anything");
        Files.writeString(good.resolve("package-info.java"), "@NullMarked\npackage good;\n");
        Files.writeString(unmarked.resolve("package-info.java"), "// @NullMarked\npackage unmarked;\n");

        assertThat(SourceTree.packagesWithoutNullMarked(root)).containsExactly(
                root.relativize(bare) + ": no package-info.java with @NullMarked",
                root.relativize(unmarked) + ": no package-info.java with @NullMarked");
    }

    private static Path sourceDirectory(Path root, String kind, String name) throws IOException {
        Path directory = Files.createDirectories(root.resolve("module/src/" + kind + "/java").resolve(name));
        Files.writeString(root.resolve("module/pom.xml"), "<project/>");
        Files.writeString(directory.resolve("Sample.java"), "class Sample {}\n");
        return directory;
    }

    private static List<String> faults(String path, String text) {
        return Tidy.faultsOf(path, text);
    }
}
