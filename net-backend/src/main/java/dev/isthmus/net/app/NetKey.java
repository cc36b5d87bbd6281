package dev.isthmus.net.app;

import static dev.isthmus.server.options.DeviceKey.Text.device;
import static dev.isthmus.server.options.DeviceKey.Text.shared;

import dev.isthmus.server.options.DeviceKey;

/** What can be said about a network card, beside what can be said about any device. */
enum NetKey implements DeviceKey {
    TAP(device("tap", "NAME",
            "TAP interface the card is joined to; one that belongs to this user, or, with CAP_NET_ADMIN, any or none"
                    + " yet")),
    BRIDGE(device("bridge", "NAME", "bridge the TAP interface is to be a port of; left as it is by default")),
    INTERFACE(device("interface", "NAME",
            "instead of tap: an interface whose frames the card sees and sends, such as an end of a veth pair"
                    + " (CAP_NET_RAW)")),
    UPLINK(device("uplink", "tap|packet|loopback|null",
            "where frames go: tap and packet follow from tap and interface; loopback gives back what is sent and null"
                    + " swallows it, for measuring")),
    FRAME_BYTES(device("frame-bytes", "N",
            "uplink=null always has another frame of this size, 14 to 65562; it has none by default")),
    MTU(shared("mtu", "BYTES",
            "what the guest is told and the TAP interface set to, 68 to 65535; left as it is by default")),
    QUEUE_PAIRS(shared("queue-pairs", "N",
            "pairs of queues a front-end may use, 1 (the default) to 8; more than one want a TAP interface made with"
                    + " multi_queue"));

    private final Text description;

    NetKey(Text description) {
        this.description = description;
    }

    @Override
    public Text description() {
        return description;
    }
}
