package dev.isthmus.xen.netif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.FakeDomain;
import dev.isthmus.xen.FakeXen;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A guest with a card. */
final class NetGuest implements XenDevices, AutoCloseable {
    static final int DOMAIN = 7;
    static final MacAddress MAC = MacAddress.parse("00:16:3e:01:02:03").orElseThrow();

    final FakeXen xen = new FakeXen();
    final FakeDomain domain;
    final GuestQueue[] queues;

    NetGuest(int queueCount, boolean split) {
        this.domain = xen.newDomain(DOMAIN, queueCount * GuestQueue.PAGES);
        this.queues = new GuestQueue[queueCount];
        for (int i = 0; i < queueCount; i++) {
            queues[i] = new GuestQueue(domain, i * GuestQueue.PAGES, split);
        }
    }

    static NetifCardOptions options(Path socket, VifRate rate) {
        return new NetifCardOptions("test", socket, DOMAIN, MAC, rate, Duration.ofNanos(20_000));
    }

    GuestQueue queue() {
        return queues[0];
    }

    private List<NetifQueue> described() {
        return Arrays.stream(queues).map(GuestQueue::described).toList();
    }

    /** One that can everything. */
    NetifConnection connection() {
        return new NetifConnection(described(), true, true, true, true, true, true, false);
    }

    /** The same, behind a predecessor. */
    NetifConnection takenOver() {
        return new NetifConnection(described(), true, true, true, true, true, true, true);
    }

    NetifConnection connection(boolean scatterGather, boolean gso, boolean checksumV4, boolean checksumV6,
            boolean notifies) {
        return new NetifConnection(described(), scatterGather, gso, gso, checksumV4, checksumV6, notifies,
                false);
    }

    @Override
    public GrantTable openGrantTable() {
        return xen.openGrantTable();
    }

    @Override
    public EventChannels openEventChannels() throws IOException {
        return xen.openEventChannels();
    }

    @Override
    public void close() {
        xen.close();
    }
}
