package dev.isthmus.device;

/** Makes a worker look at its handlers soon. */
@FunctionalInterface
public interface Wakeup {
    /**
     * Any thread; cheap when the worker is awake; does not block. What the caller did before is visible to the worker.
     */
    void wake();
}
