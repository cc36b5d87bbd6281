package dev.isthmus.net.app;

import dev.isthmus.linux.NetInterface;
import dev.isthmus.net.uplink.CapturingUplink;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.net.uplink.NullUplink;
import dev.isthmus.net.uplink.PacketUplink;
import dev.isthmus.net.uplink.TapOptions;
import dev.isthmus.net.uplink.TapUplink;
import java.io.IOException;
import java.util.List;

/** Where the frames of one device go. */
sealed interface UplinkProperties {
    /**
     * Opens it.
     *
     * @param device whose it is, for messages
     * @throws IOException in one line why not, and what to do about it
     */
    OpenUplink open(String device) throws IOException;

    /** For the operator: what it is. */
    String describe();

    record Tap(TapOptions options) implements UplinkProperties {
        @Override
        public OpenUplink open(String device) throws IOException {
            TapUplink uplink = TapUplink.open(options);
            return OpenUplink.of(CapturingUplink.around(device, uplink), uplink::problems);
        }

        @Override
        public String describe() {
            return "tap " + options.tap().name()
                    + (options.bridge() == null ? "" : " on bridge " + options.bridge().name());
        }
    }

    record Packet(NetInterface on) implements UplinkProperties {
        @Override
        public OpenUplink open(String device) throws IOException {
            PacketUplink uplink = PacketUplink.open(on);
            return OpenUplink.of(CapturingUplink.around(device, uplink), uplink::problems);
        }

        @Override
        public String describe() {
            return "interface " + on.name();
        }
    }

    /** Gives back what is sent, on the same queue pair. */
    record Loopback() implements UplinkProperties {
        @Override
        public OpenUplink open(String device) {
            return OpenUplink.of(CapturingUplink.around(device, LoopbackUplink.create()), List::of);
        }

        @Override
        public String describe() {
            return "loopback";
        }
    }

    /** @param frameBytes size of the frames there are always more of; 0 for none */
    record Null(int frameBytes) implements UplinkProperties {
        @Override
        public OpenUplink open(String device) {
            return OpenUplink.bare(
                    frameBytes == 0 ? NullUplink.discarding() : NullUplink.generating(frameBytes));
        }

        @Override
        public String describe() {
            return frameBytes == 0 ? "nothing (null)" : "nothing (null, gives frames of " + frameBytes + " bytes)";
        }
    }
}
