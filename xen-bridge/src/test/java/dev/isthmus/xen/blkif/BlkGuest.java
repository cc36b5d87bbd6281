package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.FakeDomain;
import dev.isthmus.xen.FakeXen;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A guest with rings and some pages for data, all granted. */
final class BlkGuest implements XenDevices, AutoCloseable {
    static final int DOMAIN = 7;

    final FakeXen xen = new FakeXen();
    final FakeDomain domain;
    final GuestRing[] rings;
    private final BlkifProtocol protocol;
    private final int firstData;
    private final int[] grants;

    BlkGuest(BlkifProtocol protocol, int ringCount, int ringPages, int dataPages) {
        this.protocol = protocol;
        this.firstData = ringCount * ringPages;
        this.domain = xen.newDomain(DOMAIN, firstData + dataPages);
        this.rings = new GuestRing[ringCount];
        for (int i = 0; i < ringCount; i++) {
            rings[i] = new GuestRing(domain, protocol, i * ringPages, ringPages);
        }
        this.grants = domain.grantAll(firstData, dataPages);
    }

    BlkifConnection connection() {
        return new BlkifConnection(protocol, Arrays.stream(rings).map(GuestRing::described).toList());
    }

    /** The first ring. */
    GuestRing ring() {
        return rings[0];
    }

    /** The reference of a data page. */
    int grant(int page) {
        return grants[page];
    }

    long address(int page) {
        return domain.page(firstData + page);
    }

    void fill(int page, byte[] contents) {
        HostMemory.copy(contents, 0, address(page), contents.length);
    }

    byte[] contents(int page, int offset, int length) {
        byte[] bytes = new byte[length];
        HostMemory.copy(address(page) + offset, bytes, 0, length);
        return bytes;
    }

    /** Segments of whole pages. */
    int[] whole(int firstPage, int count) {
        return IntStream.range(0, count).flatMap(i -> IntStream.of(grant(firstPage + i), 0, 7)).toArray();
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
