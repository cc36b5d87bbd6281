package dev.isthmus.net.app;

import dev.isthmus.net.uplink.CapturingUplink;
import dev.isthmus.net.uplink.Uplink;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An uplink as the process has it.
 *
 * @param capturing the same, if its frames can be captured
 * @param problems what keeps frames from getting through, a sentence each; any thread may ask
 */
record OpenUplink(Uplink uplink, @Nullable CapturingUplink capturing, Supplier<List<String>> problems) {
    static OpenUplink of(CapturingUplink uplink, Supplier<List<String>> problems) {
        return new OpenUplink(uplink, uplink, problems);
    }

    /** For measuring: nothing between it and the device. */
    static OpenUplink bare(Uplink uplink) {
        return new OpenUplink(uplink, null, List::of);
    }
}
