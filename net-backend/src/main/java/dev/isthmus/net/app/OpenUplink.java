package dev.isthmus.net.app;

import dev.isthmus.net.uplink.Uplink;
import java.util.List;
import java.util.function.Supplier;

/** @param problems what keeps frames from getting through, a sentence each; any thread may ask */
record OpenUplink(Uplink uplink, Supplier<List<String>> problems) {
    static OpenUplink withoutProblems(Uplink uplink) {
        return new OpenUplink(uplink, List::of);
    }
}
