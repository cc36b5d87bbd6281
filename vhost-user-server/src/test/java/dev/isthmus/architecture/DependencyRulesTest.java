package dev.isthmus.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule bites: it refuses a small sample that breaks it, and lets the same sample pass where it is allowed. */
class DependencyRulesTest {

    @TempDir
    private Path directory;

    @Test
    void refusesSpringOutsideTheEdge() {
        expectOnlyIn(DependencyRules.SPRING, "org.springframework.boot.Spring", "vring", "blk.app",
                "server.management");
    }

    @Test
    void refusesMetersOutsideTheEdge() {
        expectOnlyIn(DependencyRules.METERS, "io.micrometer.core.Meter", "virtqueue", "net.app", "server");
        expectOnlyIn(DependencyRules.METERS, "io.prometheus.metrics.Gauge", "blk", "blk.app", "server");
    }

    @Test
    void refusesNettyOutsideTheLoop() {
        expectOnlyIn(DependencyRules.NETTY, "io.netty.channel.Loop", "vring", "loop", "net.uplink",
                "server.management");
        expectOnlyIn(DependencyRules.NETTY, "io.netty.channel.Loop", "server", "loop");
    }

    @Test
    void refusesRocksDbOutsideTheStores() {
        expectOnlyIn(DependencyRules.ROCKSDB, "org.rocksdb.RocksDB", "blk", "blk.store");
    }

    @Test
    void refusesDowncallsOutsideLinux() {
        expectOnlyIn(DependencyRules.DOWNCALLS, "java.lang.foreign.Linker", "memory", "linux");
        expectOnlyIn(DependencyRules.DOWNCALLS, "java.lang.foreign.Linker.Option", "loop", "linux");
        JavaClasses binding = compile(source("xen", "Libxenstore", "java.lang.foreign.Linker"));
        DependencyRules.DOWNCALLS.check(binding);
    }

    @Test
    void refusesNativeChecksumsEverywhere() {
        expectRefused(DependencyRules.NO_NATIVE_CHECKSUM, compile(source("blk.store", "User", "java.util.zip.CRC32C")));
    }

    @Test
    void refusesDependenciesAgainstTheDirection() {
        expectOneWay("memory", "linux");
        expectOneWay("linux", "counters");
        expectOneWay("virtqueue", "memory");
        expectOneWay("vring", "virtqueue");
        expectOneWay("vring", "device");
        expectOneWay("vring", "loop");
        expectOneWay("vhostuser", "vring");
        expectOneWay("server", "vhostuser");
        expectOneWay("blk", "device");
        expectOneWay("blk", "blk.store");
        expectOneWay("blk.app", "blk");
        expectOneWay("blk.app", "server");
        expectOneWay("xen.blkif", "frontend");
    }

    @Test
    void nobodyMayUseAnApplication() {
        assertThat(DependencyRules.MAY_USE.values())
                .allSatisfy(used -> assertThat(used).noneMatch(name -> name.endsWith("app")));
        assertThat(DependencyRules.MAY_USE.values())
                .allSatisfy(used -> assertThat(DependencyRules.MAY_USE.keySet()).containsAll(used));
    }

    @Test
    void refusesDevicesThatKnowEachOtherOrTheirRings() {
        expectRefused(DependencyRules.ONE_WAY, compile(empty("net", "Used"), source("blk", "User",
                "dev.isthmus.net.Used")));
        expectRefused(DependencyRules.ONE_WAY, compile(empty("vring", "Used"), source("blk", "User",
                "dev.isthmus.vring.Used")));
    }

    @Test
    void refusesComponentsItDoesNotKnow() {
        expectRefused(DependencyRules.ONE_WAY, compile(empty("misc", "Utils")));
        assertThat(DependencyRules.component("dev.isthmus.server.management")).isEqualTo("server");
        assertThat(DependencyRules.component("dev.isthmus.blk.store.file")).isEqualTo("blk.store");
        assertThat(DependencyRules.component("dev.isthmus")).isEmpty();
    }

    /** Components {@code allowed} may use {@code library}, and {@code refused} may not. */
    private void expectOnlyIn(ArchRule rule, String library, String refused, String... allowed) {
        List<String> sources = new ArrayList<>();
        if (!library.startsWith("java.")) {
            sources.add(stub(library));
        }
        sources.add(source(refused, "User", library));
        for (String home : allowed) {
            sources.add(source(home, "Home", library));
        }
        JavaClasses classes = compile(sources.toArray(String[]::new));
        expectRefused(rule, classes.that(describe("are refused", type -> type.getSimpleName().equals("User"))));
        rule.check(classes.that(describe("are allowed", type -> type.getSimpleName().equals("Home"))));
    }

    private void expectOneWay(String upper, String lower) {
        JavaClasses classes = compile(empty(upper, "Upper"), empty(lower, "Lower"),
                source(upper, "Down", "dev.isthmus." + lower + ".Lower"),
                source(lower, "Up", "dev.isthmus." + upper + ".Upper"));
        expectRefused(DependencyRules.ONE_WAY, classes.that(describe("go up", type -> type.getSimpleName().equals(
                "Up"))));
        DependencyRules.ONE_WAY.check(classes.that(describe("go down", type -> type.getSimpleName().equals("Down"))));
    }

    private static void expectRefused(ArchRule rule, JavaClasses classes) {
        assertThatThrownBy(() -> rule.check(classes)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("was violated (1 times)");
    }

    private static String empty(String component, String name) {
        return "package dev.isthmus." + component + "; public class " + name + " {}";
    }

    private static String source(String component, String name, String used) {
        return "package dev.isthmus." + component + "; public interface " + name + " { void use(" + used + " it); }";
    }

    private static String stub(String name) {
        int dot = name.lastIndexOf('.');
        return "package " + name.substring(0, dot) + "; public class " + name.substring(dot + 1) + " {}";
    }

    /** Compiles sources of one type each; only classes of our own packages are looked at. */
    private JavaClasses compile(String... sources) {
        try {
            Path out = Files.createTempDirectory(directory, "sample");
            List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", out.toString()));
            for (String text : sources) {
                String name = text.replaceAll("^.* (?:class|interface) (\\w+) .*$", "$1");
                Path file = Files.createDirectory(out.resolve("source" + arguments.size())).resolve(name + ".java");
                arguments.add(Files.writeString(file, text).toString());
            }
            int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
            assertThat(status).as("compiling %s", List.of(sources)).isZero();
            return new ClassFileImporter().importPath(out.resolve("dev"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
