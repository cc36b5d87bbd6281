package dev.isthmus.xen;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;

/**
 * Looks at every copy before it is made, at offsets of its own: it must stay within the granted page, and within the
 * memory that is meant for it on our side. A copy that does not is an error of ours, whatever the guest wrote.
 */
public final class CheckedGrantTable implements GrantTable {
    private final GrantTable table;
    private final int domain;
    private final Allowed allowed;

    /** Whether so many bytes of our memory may be copied to or from. */
    @FunctionalInterface
    public interface Allowed {
        boolean isAllowed(long address, int length, boolean toGrant);
    }

    /** In front of another table. */
    public CheckedGrantTable(GrantTable table, int domain, Allowed allowed) {
        this.table = table;
        this.domain = domain;
        this.allowed = allowed;
    }

    @Override
    public GrantMapping map(int of, int[] references) throws IOException {
        return table.map(of, references);
    }

    @Override
    public void copy(GrantCopies batch) {
        for (int i = 0; i < batch.count(); i++) {
            check(batch.address() + i * 24L);
        }
        table.copy(batch);
    }

    private void check(long segment) {
        int flags = HostMemory.u16(segment + 18);
        int length = HostMemory.u16(segment + 16);
        boolean toGrant = flags == 2;
        long granted = toGrant ? segment + 8 : segment;
        long own = HostMemory.u64(toGrant ? segment : segment + 8);
        int offset = HostMemory.u16(granted + 4);
        boolean good = (flags == 1 || flags == 2) && length > 0 && offset + length <= 4096
                && HostMemory.u16(granted + 6) == domain && allowed.isAllowed(own, length, toGrant);
        if (!good) {
            throw new AssertionError("a copy of " + length + " bytes at " + offset + " of a granted page, "
                    + (toGrant ? "from 0x" : "to 0x") + Long.toHexString(own) + ", flags " + flags);
        }
    }

    @Override
    public void close() {
        table.close();
    }
}
