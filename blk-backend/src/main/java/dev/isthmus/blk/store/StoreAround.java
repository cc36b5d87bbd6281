package dev.isthmus.blk.store;

import java.io.IOException;

/** A store in front of another one, which does all that the one in front does not do itself. */
public interface StoreAround extends BlockStore {
    /** The other store; constant, and closed with this one. */
    BlockStore behind();

    @Override
    default BlockLimits limits() {
        return behind().limits();
    }

    @Override
    default BlockLimits refresh() throws IOException {
        return behind().refresh();
    }

    @Override
    default void activate() throws IOException {
        behind().activate();
    }

    @Override
    default void deactivate() throws IOException {
        behind().deactivate();
    }

    @Override
    default void look(long nowNanos) {
        behind().look(nowNanos);
    }

    @Override
    default StoreCounters counters() {
        return behind().counters();
    }

    @Override
    default void close() throws IOException {
        behind().close();
    }
}
