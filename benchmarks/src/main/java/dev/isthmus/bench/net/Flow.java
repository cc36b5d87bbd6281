package dev.isthmus.bench.net;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/**
 * One case: frames of one size, one way.
 *
 * @param toHost whether the front-end sends; otherwise it receives
 * @param frameBytes without the checksum of Ethernet
 */
record Flow(boolean toHost, int frameBytes) {
    private static final int SMALL = 64;
    private static final int LARGE = 1518;

    static List<Flow> all() {
        return List.of(new Flow(true, SMALL), new Flow(true, LARGE), new Flow(false, SMALL), new Flow(false, LARGE));
    }

    String name() {
        return (toHost ? "g2h-" : "h2g-") + frameBytes;
    }

    /** Whether the name matches a pattern of the shell's kind. */
    boolean matches(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name()));
    }
}
