package dev.isthmus.net.app;

import dev.isthmus.net.uplink.TapOptions;
import dev.isthmus.net.uplink.TapUplink;
import java.io.IOException;

/** Where the frames of one device go. */
sealed interface UplinkProperties {
    /** @throws IOException in one line why not, and what to do about it */
    OpenUplink open() throws IOException;

    /** For the operator: what it is. */
    String describe();

    record Tap(TapOptions options) implements UplinkProperties {
        @Override
        public OpenUplink open() throws IOException {
            TapUplink uplink = TapUplink.open(options);
            return new OpenUplink(uplink, uplink::problems);
        }

        @Override
        public String describe() {
            return "tap " + options.tap().name()
                    + (options.bridge() == null ? "" : " on bridge " + options.bridge().name());
        }
    }
}
