package dev.isthmus.xen.blkif;

import dev.isthmus.xen.bridge.PagePool;
import org.jspecify.annotations.Nullable;

/** While there is no back-end: has no page, so that no request is begun. */
final class NoBackend implements Backend {
    private final PagePool none = new PagePool(0, 0);

    @Override
    public PagePool pool() {
        return none;
    }

    @Override
    public void submit(Request request) {
        throw new IllegalStateException("a request was begun without a page");
    }

    @Override
    public void publish() {}

    @Override
    public @Nullable Request takeFinished() {
        return null;
    }

    @Override
    public int status() {
        return BlkifOperation.ERROR;
    }
}
