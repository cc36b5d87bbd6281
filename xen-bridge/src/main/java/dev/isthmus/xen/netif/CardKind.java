package dev.isthmus.xen.netif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.DeviceCounters;
import dev.isthmus.xen.bridge.DeviceKind;
import dev.isthmus.xen.bridge.DeviceOptions;
import dev.isthmus.xen.bridge.GuestSide;
import java.io.IOException;

/** What of a card's life is a card's. */
final class CardKind implements DeviceKind<NetifConnection, NetifProperties, CardConnection> {
    private final NetifCardOptions options;
    private final NetifCounters counters;

    CardKind(NetifCardOptions options, NetifCounters counters) {
        this.options = options;
        this.counters = counters;
    }

    @Override
    public String ring() {
        return "netif";
    }

    @Override
    public DeviceOptions options() {
        return options;
    }

    @Override
    public DeviceCounters counters() {
        return counters.device;
    }

    @Override
    public CardConnection connect() throws IOException {
        return CardConnection.open(options.socket());
    }

    @Override
    public GuestSide<NetifProperties, CardConnection> open(NetifConnection wanted, NetifProperties properties,
            GrantTable grants, EventChannels channels) throws IOException {
        return GuestCard.open(options, wanted, properties, grants, channels, counters);
    }
}
