package dev.isthmus.xen;

import java.io.IOException;

/**
 * Pages that other domains grant us: {@code public/grant_table.h}. One thread uses it; what it mapped may be closed by
 * that thread only.
 */
public interface GrantTable extends AutoCloseable {
    /** Bytes of a granted page, whatever the size of ours. */
    int PAGE_BYTES = 4096;

    /**
     * Maps granted pages one after another, to be read and written.
     *
     * @param domain that grants them
     * @param references as the domain wrote them, u32 each; nobody has checked them
     * @throws IOException when the domain grants any of them not, or not for writing; nothing is mapped then
     */
    GrantMapping map(int domain, int[] references) throws IOException;

    /**
     * Executes all copies of a batch with as few system calls as possible. Allocates nothing. A copy that cannot be
     * made has a {@link GrantCopies#status} that says so, and hinders no other.
     */
    void copy(GrantCopies copies);

    /** What is still mapped stays mapped until it is closed. */
    @Override
    void close();
}
