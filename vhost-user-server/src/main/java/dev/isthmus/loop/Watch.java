package dev.isthmus.loop;

/** A descriptor being watched; owned by the worker. */
public sealed interface Watch extends AutoCloseable permits EpollWatch, IoUringWatch {
    /**
     * Stops watching; to be called before the descriptor is closed, on the worker and not by what the watch calls. When
     * it returns nothing of the kernel's refers to the descriptor any more.
     */
    @Override
    void close();
}
