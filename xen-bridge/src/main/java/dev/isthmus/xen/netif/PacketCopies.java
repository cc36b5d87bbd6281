package dev.isthmus.xen.netif;

import dev.isthmus.xen.GrantCopies;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.DeviceCounters;

/** Grant copies of several packets, made together. Hot; the worker's alone. */
final class PacketCopies implements AutoCloseable {
    private final int domain;
    private final DeviceCounters counters;
    private final GrantCopies copies = GrantCopies.withRoomFor(Limits.COPIES_PER_BATCH);

    PacketCopies(int domain, DeviceCounters counters) {
        this.domain = domain;
        this.counters = counters;
    }

    /** Whether the largest packet fits. */
    boolean hasRoom() {
        return copies.room() >= Limits.COPIES_MAX;
    }

    int count() {
        return copies.count();
    }

    void fromGuest(int reference, int offset, long to, int bytes) {
        copies.fromGrant(domain, reference, offset, to, bytes);
    }

    void toGuest(int reference, long from, int bytes) {
        copies.toGrant(domain, reference, 0, from, bytes);
    }

    void run(GrantTable grants) {
        if (copies.count() > 0) {
            grants.copy(copies);
            counters.grantCopies.add(copies.count());
            counters.grantCopyBatches.increment();
        }
    }

    /** Whether all of these copies were made. */
    boolean areDone(int begin, int end) {
        for (int copy = begin; copy < end; copy++) {
            if (copies.status(copy) != GrantCopies.OKAY) {
                counters.failedCopies.increment();
                return false;
            }
        }
        return true;
    }

    void clear() {
        copies.clear();
    }

    @Override
    public void close() {
        copies.close();
    }
}
