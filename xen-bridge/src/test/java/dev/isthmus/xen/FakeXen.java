package dev.isthmus.xen;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A hypervisor in memory: domains that grant pages and allocate ports, and the devices of ours that reach them. What a
 * domain may not do, is not granted or not bound fails as it does with Xen.
 */
public final class FakeXen implements AutoCloseable {
    private final Map<Integer, FakeDomain> domains = new ConcurrentHashMap<>();

    /** A new domain with so many pages of zeroes, of which it grants none yet. */
    public FakeDomain newDomain(int id, int pages) {
        FakeDomain domain = FakeDomain.withPages(id, pages);
        if (domains.putIfAbsent(id, domain) != null) {
            throw new IllegalStateException("there is a domain " + id);
        }
        return domain;
    }

    /**
     * The domain is gone: nothing can be mapped, copied or bound any more; what is mapped stays until it is unmapped.
     */
    public void destroy(FakeDomain domain) {
        domains.remove(domain.id());
        domain.die();
    }

    public FakeGrantTable openGrantTable() {
        return new FakeGrantTable(this);
    }

    public FakeEventChannels openEventChannels() throws IOException {
        return FakeEventChannels.open(this);
    }

    /** Null when there is none. */
    FakeDomain domain(int id) {
        return domains.get(id);
    }

    @Override
    public void close() {
        domains.values().forEach(FakeDomain::close);
        domains.clear();
    }
}
