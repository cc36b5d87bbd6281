package dev.isthmus.xen.netif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantMapping;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.GuestSide;
import dev.isthmus.xen.bridge.SharedRing;
import dev.isthmus.xen.bridge.VirtioQueues;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A guest's rings and the back-end they are served from. The worker's alone. A successor of this process needs no
 * journal: rings are answered in order, so that the index of the next response is all there is to know.
 */
final class GuestCard implements GuestSide<NetifProperties, CardConnection> {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final NetifConnection wanted;
    private final NetifCounters counters;
    private final CardService service;
    private @Nullable VirtioCard backend;
    private @Nullable String fault;
    private boolean stopping;
    private long stopNanos;

    private GuestCard(NetifCardOptions options, NetifConnection wanted, NetifProperties properties, GrantTable grants,
            EventChannels channels, NetifCounters counters) throws IOException {
        this.wanted = wanted;
        this.counters = counters;
        int count = wanted.queues().size();
        if (count < 1 || count > properties.queuesMax()) {
            throw new IOException(count + " queues, there can be 1 to " + properties.queuesMax());
        }
        this.service = new CardService(options, grants, channels, counters);
        closers.push(service::close);
        try {
            SendQueue[] senders = new SendQueue[count];
            ReceiveQueue[] receivers = new ReceiveQueue[count];
            int[] sendPorts = new int[count];
            int[] receivePorts = new int[count];
            for (int i = 0; i < count; i++) {
                NetifQueue queue = wanted.queues().get(i);
                long tx = map(grants, options.domain(), queue.txReference());
                long rx = map(grants, options.domain(), queue.rxReference());
                sendPorts[i] = bind(channels, options.domain(), queue.txPort());
                receivePorts[i] = queue.rxPort() == queue.txPort() ? sendPorts[i]
                        : bind(channels, options.domain(), queue.rxPort());
                senders[i] = new SendQueue(service, new SharedRing(tx, 1, NetifLayout.TX_BYTES), i, counters);
                receivers[i] = new ReceiveQueue(new SharedRing(rx, 1, NetifLayout.RX_BYTES), i, wanted, counters);
            }
            for (int i = 0; i < count; i++) {
                senders[i].begin(wanted.takenOver());
                receivers[i].begin(wanted.takenOver());
                // A predecessor may have ended between an answer and its notification.
                channels.signal(sendPorts[i]);
                channels.signal(receivePorts[i]);
            }
            service.queues(senders, sendPorts, receivers, receivePorts);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static GuestCard open(NetifCardOptions options, NetifConnection wanted, NetifProperties properties,
            GrantTable grants, EventChannels channels, NetifCounters counters) throws IOException {
        return new GuestCard(options, wanted, properties, grants, channels, counters);
    }

    private long map(GrantTable grants, int domain, int reference) throws IOException {
        GrantMapping mapping = grants.map(domain, new int[] {reference});
        closers.push(mapping::close);
        return mapping.address();
    }

    private int bind(EventChannels channels, int domain, int remotePort) throws IOException {
        int port = channels.bind(domain, remotePort);
        closers.push(() -> channels.unbind(port));
        return port;
    }

    CardService service() {
        return service;
    }

    @Override
    public int turn() {
        return service.turn();
    }

    @Override
    public boolean awaitGuest() {
        return service.awaitGuest();
    }

    @Override
    public int millisToTurn() {
        if (stopping) {
            return 1;
        }
        return service.millisToTurn(wanted.notifies());
    }

    /** What the back-end does not send within a short time it need not send at all: as a cable that is pulled. */
    @Override
    public boolean isIdle() {
        return service.inFlight() == 0 || stopping && System.nanoTime() - stopNanos > Limits.DRAIN_NANOS;
    }

    @Override
    public void stop() {
        stopping = true;
        stopNanos = System.nanoTime();
        service.stop();
    }

    @Override
    public @Nullable String fault() {
        if (fault == null && counters.device.ringFaults.get() > 0) {
            fault = service.fault();
        }
        return fault;
    }

    @Override
    public VirtioQueues start(CardConnection connection, NetifProperties properties, boolean refuse)
            throws IOException {
        if (refuse) {
            throw new IOException("the back-end has less than the guest was told");
        }
        VirtioCard started = VirtioCard.start(connection, wanted);
        backend = started;
        service.resume(started);
        return started.virtio();
    }

    /** Nothing of a card changes while its back-end is there. */
    @Override
    public void change(NetifProperties properties, boolean refuse) {}

    @Override
    public void pause() {
        service.pause();
        dropBackend();
    }

    private void dropBackend() {
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }

    @Override
    public void finish() {}

    @Override
    public void close() {
        dropBackend();
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
