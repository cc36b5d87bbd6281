package dev.isthmus.xen.app;

import dev.isthmus.linux.EventFd;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads every class the daemon may ever want, out of the jars beside it, and serves nobody: a run with which the JVM
 * makes its AOT cache ({@code bin/package}). There is no Xen where that is done.
 */
final class Rehearsal {
    static final String COMMAND = "rehearse";

    private static final String OURS = "/dev/isthmus/";

    /** Of these, everything; the rest of the library is the back-end's. */
    private static final List<String> PACKAGES = List.of("xen", "linux", "memory", "frontend", "counters");

    private static final String CLASS = ".class";

    private Rehearsal() {}

    static void run() throws IOException {
        Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        List<Path> jars = new ArrayList<>(List.of(jar));
        try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
            libraries.filter(library -> library.getFileName().toString().startsWith("vhost-user-")).forEach(jars::add);
        }
        for (Path each : jars) {
            load(each);
        }
        // With it all downcalls are linked.
        EventFd.create().close();
        XenOptions.parse(XenOptions.SERVE, "--take-vbd");
        ManagementHttp.scrape(List.of());
        Json.write(BridgeHealth.of(List.of()).json());
        ManagementHttp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List::of).close();
        new ControlThread().close();
    }

    private static void load(Path jar) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar); Stream<Path> paths = Files.walk(files.getPath("/"))) {
            for (Path path : paths.filter(Rehearsal::isOurs).toList()) {
                String name = path.toString();
                initialize(name.substring(1, name.length() - CLASS.length()).replace('/', '.'));
            }
        }
    }

    private static boolean isOurs(Path path) {
        String name = path.toString();
        return name.endsWith(CLASS) && !name.endsWith("package-info.class")
                && PACKAGES.stream().anyMatch(part -> name.startsWith(OURS + part + "/"));
    }

    /** The daemon's own main class looks for them, not a framework: nothing here is called by reflection. */
    private static void initialize(String name) throws IOException {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Class<?> type = lookup.findClass(name);
            if (type.getPackageName().equals(Rehearsal.class.getPackageName())) {
                lookup.ensureInitialized(type);
            }
        } catch (IllegalAccessException e) {
            // Private to its package: it has been loaded all the same.
            return;
        } catch (ClassNotFoundException e) {
            throw new IOException(name, e);
        }
    }
}
