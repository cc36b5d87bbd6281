package dev.isthmus.xen;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;

/**
 * Grants of {@link FakeDomain}s. Maps only pages that lie one after another in the domain's memory, as ring pages of a
 * test do. Copies allocate nothing, and read the batch at offsets of their own.
 */
public final class FakeGrantTable implements GrantTable {
    private static final int BAD_DOMAIN = -2;
    private static final int BAD_REFERENCE = -3;
    private static final int PERMISSION_DENIED = -8;
    private static final int BAD_ARGUMENT = -10;

    private final FakeXen xen;
    private volatile long batches;
    private volatile long copies;
    private volatile boolean closed;

    FakeGrantTable(FakeXen xen) {
        this.xen = xen;
    }

    /** Calls of {@link #copy} that had something to copy. */
    public long batches() {
        return batches;
    }

    /** Copies that were asked for. */
    public long copies() {
        return copies;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public GrantMapping map(int domain, int[] references) throws IOException {
        FakeDomain owner = xen.domain(domain);
        if (owner == null) {
            throw new IOException("there is no domain " + domain);
        }
        synchronized (owner) {
            for (int i = 0; i < references.length; i++) {
                if (!owner.isGranted(references[i], true)) {
                    throw new IOException("domain " + domain + " does not grant "
                            + Integer.toUnsignedString(references[i]));
                }
                if (owner.pageOf(references[i]) != owner.pageOf(references[0]) + i) {
                    throw new IOException("a fake domain's pages are mapped one after another only");
                }
            }
            int[] kept = references.clone();
            for (int reference : kept) {
                owner.countMapping(reference, 1);
            }
            return new Mapped(owner, kept, owner.page(owner.pageOf(kept[0])));
        }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    public void copy(GrantCopies batch) {
        int count = batch.count();
        if (count == 0) {
            return;
        }
        batches++;
        copies += count;
        for (int i = 0; i < count; i++) {
            long segment = batch.address() + i * 24L;
            HostMemory.putU16(segment + 20, copy(segment));
        }
    }

    private int copy(long segment) {
        int flags = HostMemory.u16(segment + 18);
        int length = HostMemory.u16(segment + 16);
        boolean toGrant = flags == 2;
        if (flags != 1 && flags != 2) {
            return BAD_ARGUMENT;
        }
        long granted = toGrant ? segment + 8 : segment;
        long own = HostMemory.u64(toGrant ? segment : segment + 8);
        int reference = (int) HostMemory.u32(granted);
        int offset = HostMemory.u16(granted + 4);
        FakeDomain owner = xen.domain(HostMemory.u16(granted + 6));
        if (owner == null) {
            return BAD_DOMAIN;
        }
        if (offset + length > 4096) {
            return BAD_ARGUMENT;
        }
        if (!owner.isGranted(reference, false)) {
            return BAD_REFERENCE;
        }
        if (toGrant && !owner.isGranted(reference, true)) {
            return PERMISSION_DENIED;
        }
        long page = owner.page(owner.pageOf(reference)) + offset;
        HostMemory.copy(toGrant ? own : page, toGrant ? page : own, length);
        return 0;
    }

    @Override
    public void close() {
        closed = true;
    }

    private static final class Mapped implements GrantMapping {
        private final FakeDomain owner;
        private final int[] references;
        private final long address;
        private boolean closed;

        Mapped(FakeDomain owner, int[] references, long address) {
            this.owner = owner;
            this.references = references;
            this.address = address;
        }

        @Override
        public long address() {
            return address;
        }

        @Override
        public long sizeBytes() {
            return references.length * 4096L;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                for (int reference : references) {
                    owner.countMapping(reference, -1);
                }
            }
        }
    }
}
