package dev.isthmus.xen.bridge;

import java.io.IOException;

/** A back-end that is connected and has said what device it has. The worker's alone. */
public interface BackendDevice<P> extends AutoCloseable {
    P properties() throws IOException;

    /** Readable when the connection is at its end, for poll(2). */
    int descriptor();

    /** Readable when {@link #refresh} is worth a call, for poll(2); -1 when the back-end tells nothing. */
    int requestsDescriptor();

    /** Takes what the back-end tells; whether the device is another than before. */
    boolean refresh() throws IOException;

    @Override
    void close();
}
