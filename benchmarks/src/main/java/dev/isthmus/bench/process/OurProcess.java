package dev.isthmus.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How {@code bin/isthmus-blk} is started. */
final class OurProcess {
    private static final Path ROOT = Path.of(System.getProperty("isthmus.root", ".")).toAbsolutePath();

    /** The cache with which it starts unless it is told otherwise. */
    static final Path CACHE = ROOT.resolve("blk-backend/target/isthmus-blk.aot");

    private OurProcess() {}

    /**
     * The command line, which becomes the process.
     *
     * @param cache an AOT cache; an empty path for none
     * @param flags more flags for the JVM, without blanks
     * @param devices the values of {@code --device}
     */
    static List<String> command(Path cache, List<String> flags, List<String> devices) {
        var command = new ArrayList<>(List.of("env", "ISTHMUS_AOT_CACHE=" + cache,
                "ISTHMUS_JAVA_OPTS=" + String.join(" ", flags), ROOT.resolve("bin/isthmus-blk").toString()));
        devices.forEach(device -> command.addAll(List.of("--device", device)));
        return command;
    }

    /** Where it tells about itself unless it is told otherwise. */
    static Path managementSocket(Path firstSocket) {
        return Path.of(firstSocket + ".management");
    }
}
