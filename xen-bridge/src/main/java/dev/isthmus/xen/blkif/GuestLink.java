package dev.isthmus.xen.blkif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantMapping;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** All that is a guest's while it is connected: mapped rings, bound channels, its journal. The worker's alone; cold. */
final class GuestLink implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final DiskService service;
    private final JournalFile journal;

    private GuestLink(BlkifDiskOptions options, BlkifConnection connection, BlkifProperties properties,
            GrantTable grants, EventChannels channels, BlkifCounters counters) throws IOException {
        check(connection);
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
                SharedRing ring = new SharedRing(mappings[i].address(), pages, layout);
                rings[i] = new RingService(service, ring, journal.ring(i), new RequestParser(layout, properties), i,
                        ports[i], counters);
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

    /** Nothing is in flight: a successor has nothing to know. */
    void removeJournal() throws IOException {
        journal.remove();
    }

    /** Unmaps and unbinds. What is in flight is not answered; the journal stays. */
    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
