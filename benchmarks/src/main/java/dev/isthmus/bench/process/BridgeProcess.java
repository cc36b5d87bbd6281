package dev.isthmus.bench.process;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** How {@code bin/isthmus-xen} is started where there is no Xen. */
final class BridgeProcess {
    private static final Path ROOT = Path.of(System.getProperty("isthmus.root", ".")).toAbsolutePath();
    private static final Path TARGET = ROOT.resolve("xen-bridge/target");
    private static final Path JAR = TARGET.resolve("isthmus-xen.jar");
    private static final Path TESTS = TARGET.resolve("isthmus-xen-tests.jar");
    private static final String WITH_GUESTS = "dev.isthmus.xen.app.DaemonWithGuests";

    /** The cache with which it starts. */
    static final Path CACHE = TARGET.resolve("isthmus-xen.aot");

    private BridgeProcess() {}

    /**
     * The daemon as it is, which becomes the process.
     *
     * @param store where a xenstored listens
     * @param directory for its notes
     * @param port of its metrics
     */
    static List<String> command(Path store, Path directory, int port) {
        return launcher(directory, port, "XENSTORED_PATH=" + store);
    }

    /**
     * The daemon with guests in its own process, each with a disk of one of these back-ends. The launcher's flags are
     * the same, and so is the cache, which may be used with more jars behind those it was made of: words for the JVM
     * may end with a class path and a main class, to which the launcher's own "-jar FILE" are arguments then.
     */
    static List<String> withGuests(List<Path> sockets, Path directory, int port) {
        return launcher(directory, port, "ISTHMUS_JAVA_OPTS=-Disthmus.sockets="
                + sockets.stream().map(Path::toString).collect(Collectors.joining(":")) + " -cp " + JAR + ":" + TESTS
                + " " + WITH_GUESTS);
    }

    private static List<String> launcher(Path directory, int port, String variable) {
        return List.of("env", variable, "ISTHMUS_AOT_CACHE=" + CACHE,
                ROOT.resolve("bin/isthmus-xen").toString(), "serve", "--run-dir=" + directory.resolve("bridge"),
                "--log-level=warn", "--metrics=127.0.0.1:" + port);
    }
}
