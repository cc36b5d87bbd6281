package dev.isthmus.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How {@code bin/isthmus-blk} and {@code bin/isthmus-net} are started. */
final class OurProcess {
    private static final Path ROOT = Path.of(System.getProperty("isthmus.root", ".")).toAbsolutePath();

    /** The cache with which the block back-end starts unless it is told otherwise. */
    static final Path CACHE = ROOT.resolve("blk-backend/target/isthmus-blk.aot");

    /** That of the network back-end. */
    static final Path NET_CACHE = ROOT.resolve("net-backend/target/isthmus-net.aot");

    private OurProcess() {}

    /**
     * The command line, which becomes the process.
     *
     * @param cache an AOT cache; an empty path for none
     * @param flags more flags for the JVM, without blanks
     * @param devices the values of {@code --device}
     */
    static List<String> command(Path cache, List<String> flags, List<String> devices) {
        return command("bin/isthmus-blk", cache, flags, devices);
    }

    /** The same of the network back-end. */
    static List<String> netCommand(Path cache, List<String> flags, List<String> devices) {
        return command("bin/isthmus-net", cache, flags, devices);
    }

    private static List<String> command(String launcher, Path cache, List<String> flags, List<String> devices) {
        var command = new ArrayList<>(List.of("env", "ISTHMUS_AOT_CACHE=" + cache,
                "ISTHMUS_JAVA_OPTS=" + String.join(" ", flags), ROOT.resolve(launcher).toString()));
        devices.forEach(device -> command.addAll(List.of("--device", device)));
        return command;
    }

    /** Where it tells about itself unless it is told otherwise. */
    static Path managementSocket(Path firstSocket) {
        return Path.of(firstSocket + ".management");
    }
}
