package dev.isthmus.xen.blkif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantMapping;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.GuestSide;
import dev.isthmus.xen.bridge.SharedRing;
import dev.isthmus.xen.bridge.VirtioQueues;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A guest's rings, its journal, and the back-end they are served from. The worker's alone. */
final class GuestLink implements GuestSide<BlkifProperties, BackendConnection> {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final int poolBytes;
    private final BlkifCounters counters;
    private final DiskService service;
    private final JournalFile journal;
    private @Nullable VirtioBackend backend;
    private @Nullable String fault;

    private GuestLink(BlkifDiskOptions options, BlkifConnection connection, BlkifProperties properties,
            GrantTable grants, EventChannels channels, BlkifCounters counters) throws IOException {
        check(connection);
        this.poolBytes = options.poolBytes();
        this.counters = counters;
        this.service = new DiskService(grants, channels, options.domain(), counters);
        closers.push(service::close);
        try {
            RequestLayout layout = connection.protocol().layout();
            List<BlkifRing> wanted = connection.rings();
            RingService[] rings = new RingService[wanted.size()];
            GrantMapping[] mappings = new GrantMapping[rings.length];
            int[] ports = new int[rings.length];
            for (int i = 0; i < rings.length; i++) {
                GrantMapping mapping = grants.map(options.domain(), wanted.get(i).references());
                closers.push(mapping::close);
                mappings[i] = mapping;
                int port = channels.bind(options.domain(), wanted.get(i).remotePort());
                closers.push(() -> channels.unbind(port));
                ports[i] = port;
            }
            this.journal = JournalFile.open(options.journal(), options.domain(), connection);
            closers.push(journal::close);
            for (int i = 0; i < rings.length; i++) {
                int pages = wanted.get(i).references().length;
                SharedRing ring = new SharedRing(mappings[i].address(), pages, layout.entryBytes);
                rings[i] = new RingService(service, ring, journal.ring(i), new RequestParser(layout, properties),
                        layout.entryBytes, i, ports[i], counters);
                rings[i].begin();
            }
            service.rings(rings);
            // A predecessor may have ended between an answer and its notification.
            for (int port : ports) {
                channels.signal(port);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static GuestLink open(BlkifDiskOptions options, BlkifConnection connection, BlkifProperties properties,
            GrantTable grants, EventChannels channels, BlkifCounters counters) throws IOException {
        return new GuestLink(options, connection, properties, grants, channels, counters);
    }

    private static void check(BlkifConnection connection) throws IOException {
        List<BlkifRing> rings = connection.rings();
        if (rings.isEmpty() || rings.size() > Limits.RINGS_MAX) {
            throw new IOException(rings.size() + " rings, there can be 1 to " + Limits.RINGS_MAX);
        }
        for (BlkifRing ring : rings) {
            int pages = ring.references().length;
            if (Integer.bitCount(pages) != 1 || pages > Limits.RING_PAGES_MAX) {
                throw new IOException(
                        "a ring of " + pages + " pages, it must be a power of two up to " + Limits.RING_PAGES_MAX);
            }
            if (pages != rings.getFirst().references().length) {
                throw new IOException("rings of different sizes");
            }
        }
    }

    DiskService service() {
        return service;
    }

    @Override
    public int turn() {
        return service.turn();
    }

    @Override
    public boolean awaitGuest() {
        boolean more = false;
        for (RingService ring : service.rings()) {
            more |= ring.awaitRequests();
        }
        return more;
    }

    @Override
    public int millisToTurn() {
        return -1;
    }

    @Override
    public boolean isIdle() {
        return service.inFlight() == 0;
    }

    @Override
    public void stop() {
        for (RingService ring : service.rings()) {
            ring.stop();
        }
    }

    @Override
    public @Nullable String fault() {
        RingService[] rings = service.rings();
        for (int i = 0; i < rings.length && fault == null; i++) {
            if (rings[i].isBroken()) {
                fault = "ring " + i + ": the guest's producer index is wrong; the ring is not served any more";
            }
        }
        return fault;
    }

    @Override
    public VirtioQueues start(BackendConnection connection, BlkifProperties properties, boolean refuse)
            throws IOException {
        VirtioBackend started = VirtioBackend.start(connection, service.rings().length, poolBytes);
        backend = started;
        service.resume(started, properties, refuse);
        return started.virtio();
    }

    @Override
    public void change(BlkifProperties properties, boolean refuse) {
        service.disk(properties, refuse);
    }

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
    public void finish() throws IOException {
        journal.remove();
    }

    /** The journal stays. */
    @Override
    public void close() {
        dropBackend();
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
        counters.inFlight.set(0);
    }
}
