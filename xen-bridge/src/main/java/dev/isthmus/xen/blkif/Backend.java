package dev.isthmus.xen.blkif;

import dev.isthmus.xen.bridge.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * What executes the steps of requests, with data in memory of its own. Hot; the worker's alone. Nothing here throws for
 * what the other side did.
 */
interface Backend {
    PagePool pool();

    /** Executes {@link Request#step}; it begins with the next {@link #publish} at the latest. */
    void submit(Request request);

    void publish();

    /** The next request whose step is done, or failed: see {@link #status}. */
    @Nullable
    Request takeFinished();

    /** Of the request taken last: a number of {@link BlkifOperation}. */
    int status();
}
