package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.netif.NetifConnection;
import dev.isthmus.xen.netif.NetifProperties;
import dev.isthmus.xen.netif.NetifQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code public/io/netif.h}. {@code hotplug-status} is not ours to write: the script that joins the interface to a
 * bridge does, or nobody.
 */
final class CardNodes implements NodeDialect<NetifConnection, NetifProperties> {
    private final Path socket;

    /** @param socket where the back-end listens, for whoever lists the devices */
    CardNodes(Path socket) {
        this.socket = socket;
    }

    @Override
    public Map<String, String> offered(Xenstore store, String backend, NetifProperties card) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(backend + "/feature-rx-copy", "1");
        nodes.put(backend + "/feature-rx-flip", "0");
        nodes.put(backend + "/feature-sg", "1");
        nodes.put(backend + "/feature-gso-tcpv4", bit(card.gsoV4()));
        nodes.put(backend + "/feature-gso-tcpv6", bit(card.gsoV6()));
        nodes.put(backend + "/feature-ipv6-csum-offload", "1");
        nodes.put(backend + "/feature-split-event-channels", "1");
        nodes.put(backend + "/feature-multicast-control", "0");
        nodes.put(backend + "/feature-ctrl-ring", "0");
        nodes.put(backend + "/multi-queue-max-queues", Integer.toString(card.queuesMax()));
        nodes.put(backend + "/params", DiskTarget.params(socket));
        nodes.put(backend + "/state", XenbusState.INIT_WAIT.text());
        return nodes;
    }

    @Override
    public Map<String, String> connected(Xenstore store, String backend, NetifProperties card) {
        return changed(backend, card);
    }

    @Override
    public Map<String, String> changed(String backend, NetifProperties card) {
        return Map.of(backend + "/state", XenbusState.CONNECTED.text());
    }

    private static String bit(boolean set) {
        return set ? "1" : "0";
    }

    @Override
    public NetifConnection read(Xenstore store, String frontend, NetifProperties limits, boolean takenOver)
            throws IOException {
        GuestNodes guest = new GuestNodes(store);
        if (!guest.isSet(frontend + "/request-rx-copy")) {
            throw new IOException("the guest wants received pages given to it, which nobody does any more");
        }
        int count = guest.between(1, limits.queuesMax(), frontend + "/multi-queue-num-queues", 1);
        List<NetifQueue> queues = new ArrayList<>();
        for (int queue = 0; queue < count; queue++) {
            // With one queue there is no directory for it, as there was none before there were queues.
            queues.add(queue(guest, count == 1 ? frontend : frontend + "/queue-" + queue));
        }
        return new NetifConnection(queues, guest.isSet(frontend + "/feature-sg"),
                guest.isSet(frontend + "/feature-gso-tcpv4"), guest.isSet(frontend + "/feature-gso-tcpv6"),
                !guest.isSet(frontend + "/feature-no-csum-offload"),
                guest.isSet(frontend + "/feature-ipv6-csum-offload"), guest.isSet(frontend + "/feature-rx-notify"),
                takenOver);
    }

    private static NetifQueue queue(GuestNodes guest, String directory) throws IOException {
        boolean split = guest.exists(directory + "/event-channel-tx");
        int tx = guest.number(directory + (split ? "/event-channel-tx" : "/event-channel"));
        int rx = split ? guest.number(directory + "/event-channel-rx") : tx;
        return new NetifQueue(guest.number(directory + "/tx-ring-ref"), guest.number(directory + "/rx-ring-ref"), tx,
                rx);
    }

    @Override
    public String describe(NetifProperties card) {
        return card.queuesMax() == 1 ? "1 queue" : "up to " + card.queuesMax() + " queues";
    }
}
