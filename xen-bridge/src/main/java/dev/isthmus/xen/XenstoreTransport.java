package dev.isthmus.xen;

import java.io.IOException;

/** Bytes to the store and from it. One thread reads, another writes. */
interface XenstoreTransport extends AutoCloseable {
    /** Waits for bytes; at most {@code length} of them, 0 at the end or after {@link #shutdown}. */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** Whether a request may be written only when the one before it has been answered. */
    default boolean isOneAtATime() {
        return false;
    }

    /** Writes all of them. */
    void write(byte[] bytes) throws IOException;

    /** Ends a waiting {@link #read}, and every later one, from any thread. */
    void shutdown();

    /** To be called when nobody reads or writes any more. */
    @Override
    void close();
}
