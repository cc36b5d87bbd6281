package dev.isthmus.bench.net;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/**
 * One case: one way, frames of one size between two programs or TCP of a guest.
 *
 * @param toHost whether the front-end or guest sends; otherwise it receives
 * @param frameBytes without the checksum of Ethernet; of no meaning with TCP
 */
record Flow(Unit unit, boolean toHost, int frameBytes) {
    static final int SMALL = 64;
    private static final int LARGE = 1518;

    static List<Flow> all() {
        return List.of(new Flow(Unit.TCP, true, 0), new Flow(Unit.TCP, false, 0), new Flow(Unit.FRAMES, true, SMALL),
                new Flow(Unit.FRAMES, true, LARGE), new Flow(Unit.FRAMES, false, SMALL), new Flow(Unit.FRAMES, false,
                        LARGE));
    }

    String name() {
        String way = toHost ? "g2h" : "h2g";
        return unit == Unit.TCP ? "tcp-" + way : way + "-" + frameBytes;
    }

    /** Whether the name matches a pattern of the shell's kind. */
    boolean matches(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name()));
    }
}
