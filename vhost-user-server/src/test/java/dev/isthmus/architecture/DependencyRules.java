package dev.isthmus.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may use what, for the main classes of every module.
 *
 * <pre>
 *   app ──► blk / net ──► device ◄── vring ──► virtqueue ──► memory ──► linux
 *    │                      │  ▲       ├──► loop ──────────────┘──────────▲
 *    └──► server ───────────┼──┴─ vhostuser  ▲
 *                           └────────────────┘
 * </pre>
 */
public final class DependencyRules {

    static final String ROOT = "dev.isthmus.";

    /**
     * Each component and the components it may use. A component is a package with its sub-packages that are not named.
     */
    static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("counters", Set.of()),
            Map.entry("polling", Set.of()),
            Map.entry("linux", Set.of()),
            Map.entry("memory", Set.of("linux")),
            Map.entry("virtqueue", Set.of("memory", "linux")),
            Map.entry("loop", Set.of("memory", "linux")),
            Map.entry("device", Set.of("virtqueue", "loop", "memory", "linux")),
            Map.entry("vring", Set.of("device", "virtqueue", "loop", "memory", "linux")),
            Map.entry("vhostuser", Set.of("device", "vring", "virtqueue", "memory", "linux")),
            Map.entry("server", Set.of("vhostuser", "device", "vring", "virtqueue", "loop", "memory", "linux")),
            Map.entry("frontend", Set.of("vhostuser", "virtqueue", "memory", "linux")),
            Map.entry("frontend.blk", Set.of("frontend", "linux")),
            Map.entry("frontend.net", Set.of("frontend", "linux")),
            Map.entry("bench.load", Set.of("frontend", "frontend.blk", "memory", "linux")),
            Map.entry("bench.rig", Set.of()),
            Map.entry("bench.blk", Set.of("bench.load", "bench.rig")),
            Map.entry("bench.net", Set.of("bench.rig")),
            Map.entry("bench.process", Set.of("bench.load", "bench.rig", "xen")),
            Map.entry("bench.jmh", Set.of("vhostuser", "virtqueue", "memory", "linux")),
            Map.entry("bench", Set.of("bench.load", "bench.blk", "bench.net", "bench.process", "bench.jmh")),
            Map.entry("blk.store", Set.of("loop", "memory", "linux")),
            Map.entry("blk", Set.of("blk.store", "device", "virtqueue", "loop", "memory", "linux")),
            Map.entry("blk.app",
                    Set.of("blk", "blk.store", "server", "vhostuser", "device", "vring", "loop", "memory", "linux")),
            Map.entry("net.uplink", Set.of("loop", "memory", "linux")),
            Map.entry("net", Set.of("net.uplink", "device", "virtqueue", "loop", "memory", "linux")),
            Map.entry("net.app",
                    Set.of("net", "net.uplink", "server", "vhostuser", "device", "vring", "loop", "memory", "linux")),
            Map.entry("xen", Set.of("memory", "linux")),
            Map.entry("xen.bridge", Set.of("xen", "frontend", "linux")),
            Map.entry("xen.blkif", Set.of("xen", "xen.bridge", "frontend", "frontend.blk", "memory", "linux")),
            Map.entry("xen.netif", Set.of("xen", "xen.bridge", "frontend", "frontend.net", "memory", "linux")),
            Map.entry("xen.app",
                    Set.of("xen", "xen.bridge", "xen.blkif", "xen.netif", "frontend", "server", "memory", "linux")));

    /** What everyone may use, and uses nothing itself. */
    static final Set<String> LEAVES = Set.of("counters", "polling");

    static final ArchRule ONE_WAY = classes().should(dependOneWay())
            .as("packages depend one way, as DependencyRules.MAY_USE lists them")
            .allowEmptyShould(true);

    static final ArchRule SPRING = onlyIn("Spring stays at the edge",
            List.of("dev.isthmus..app..", "dev.isthmus.server.."), "org.springframework..");

    static final ArchRule METERS = onlyIn("the hot path contains no meter",
            List.of("dev.isthmus..app..", "dev.isthmus.server.."), "io.micrometer..", "io.prometheus..");

    static final ArchRule NETTY = onlyIn("Netty is the loop, not the language of the rest",
            List.of("dev.isthmus.loop..", "dev.isthmus.net.uplink..", "dev.isthmus.server.management.."), "io.netty..");

    static final ArchRule ROCKSDB = onlyIn("only a store knows RocksDB", List.of("dev.isthmus.blk.store.."),
            "org.rocksdb..");

    static final ArchRule DOWNCALLS = noClasses().that().resideOutsideOfPackage("dev.isthmus.linux..")
            .and(describe("are no binding of one foreign library", type -> !type.getSimpleName().matches(
                    "Lib(xen|rbd).*")))
            .should().dependOnClassesThat(describe("are java.lang.foreign.Linker",
                    type -> type.getName().matches("java\\.lang\\.foreign\\.Linker(\\$.*)?")))
            .as("only linux makes downcalls").allowEmptyShould(true);

    /** The intrinsics of CRC32 and CRC32C, and zlib, kill the JVM when a mapped file was truncated. */
    static final ArchRule NO_NATIVE_CHECKSUM = noClasses().should().dependOnClassesThat().resideInAPackage(
            "java.util.zip..")
            .as("guest memory is never handed to native code: java.util.zip is not used").allowEmptyShould(true);

    private DependencyRules() {}

    /** All rules; each allows that a module has nothing it could apply to. */
    public static List<ArchRule> all() {
        return List.of(ONE_WAY, SPRING, METERS, NETTY, ROCKSDB, DOWNCALLS, NO_NATIVE_CHECKSUM);
    }

    private static ArchRule onlyIn(String reason, List<String> homes, String... packages) {
        return noClasses().that().resideOutsideOfPackages(homes.toArray(String[]::new))
                .should().dependOnClassesThat().resideInAnyPackage(packages)
                .as(reason + ": " + List.of(packages) + " only in " + homes).allowEmptyShould(true);
    }

    private static ArchCondition<JavaClass> dependOneWay() {
        return new ArchCondition<>("depend one way") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = component(type.getPackageName());
                if (from.isEmpty()) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in no known component"));
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                    if (target.startsWith(ROOT) && !mayUse(from, component(target))) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean mayUse(String from, String to) {
        return from.equals(to) || LEAVES.contains(to) || MAY_USE.getOrDefault(from, Set.of()).contains(to);
    }

    /** The longest named package that holds {@code packageName}; empty if none does. */
    static String component(String packageName) {
        String name = packageName.startsWith(ROOT) ? packageName.substring(ROOT.length()) : "";
        while (!MAY_USE.containsKey(name)) {
            int dot = name.lastIndexOf('.');
            if (dot < 0) {
                return "";
            }
            name = name.substring(0, dot);
        }
        return name;
    }
}
