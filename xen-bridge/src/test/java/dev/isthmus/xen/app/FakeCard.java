package dev.isthmus.xen.app;

import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.netif.FakeCardCounters;
import dev.isthmus.xen.netif.NetifCardOptions;
import dev.isthmus.xen.netif.NetifConnection;
import dev.isthmus.xen.netif.NetifCounters;
import dev.isthmus.xen.netif.NetifProperties;
import java.util.Optional;
import java.util.function.Consumer;

/** A card that notes what it is asked for. */
final class FakeCard implements ServedDevice<NetifConnection, NetifProperties, NetifCounters> {
    final NetifCardOptions options;
    final NetifCounters counters = FakeCardCounters.create();
    NetifConnection connection;
    int disconnects;
    boolean closed;

    FakeCard(NetifCardOptions options) {
        this.options = options;
    }

    @Override
    public NetifProperties properties() {
        return new NetifProperties(4, true, false);
    }

    @Override
    public void connect(NetifConnection wanted) {
        connection = wanted;
    }

    @Override
    public void onChange(Consumer<NetifProperties> whom) {}

    @Override
    public void disconnect() {
        disconnects++;
        connection = null;
    }

    @Override
    public NetifCounters counters() {
        return counters;
    }

    @Override
    public boolean isBackendConnected() {
        return true;
    }

    @Override
    public Optional<String> fault() {
        return Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
        connection = null;
    }
}
