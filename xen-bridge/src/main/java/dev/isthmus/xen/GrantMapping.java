package dev.isthmus.xen;

/**
 * Granted pages of another domain in our address space, which that domain may change at any time.
 *
 * <p>An address used after {@link #close} ends the process.
 */
public interface GrantMapping extends AutoCloseable {
    /** Of the first byte, aligned to a page. */
    long address();

    long sizeBytes();

    /** Unmaps; the domain may take its pages back then. Closing it twice is nothing. */
    @Override
    void close();
}
