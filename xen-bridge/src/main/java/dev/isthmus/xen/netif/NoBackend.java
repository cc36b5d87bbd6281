package dev.isthmus.xen.netif;

import org.jspecify.annotations.Nullable;

/** While there is no back-end: has no frame, so that nothing is taken from the guest. */
final class NoBackend implements Backend {
    @Override
    public long features() {
        return 0;
    }

    @Override
    public @Nullable Frame prepare(int queue) {
        return null;
    }

    @Override
    public long page(int queue) {
        throw new IllegalStateException("a page of no frame");
    }

    @Override
    public void send(int queue, Frame frame) {
        throw new IllegalStateException("a frame of nobody");
    }

    @Override
    public void drop(int queue, Frame frame) {
        throw new IllegalStateException("a frame of nobody");
    }

    @Override
    public @Nullable Frame receive(int queue) {
        return null;
    }

    @Override
    public void release(int queue, Frame frame) {
        throw new IllegalStateException("a frame of nobody");
    }

    @Override
    public void watch(int queue, boolean on) {}

    @Override
    public void publish() {}

    @Override
    public int inFlight() {
        return 0;
    }
}
