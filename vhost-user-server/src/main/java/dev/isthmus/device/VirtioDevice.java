package dev.isthmus.device;

import java.io.IOException;
import java.util.Set;

/**
 * A virtio device as the vhost-user side sees it. It outlives its front-ends, and serves one at a time.
 *
 * <p>Threads: {@link #start}, {@link #stop} and {@link #writeConfiguration} are called by the thread of the present
 * front-end's session and may block; {@link #openVring} by workers; the rest by any thread.
 */
public interface VirtioDevice extends AutoCloseable {
    /** Short name for threads, logs and metrics; unique in the process. */
    String name();

    /** Number of virtqueues; constant. */
    int queueCount();

    /**
     * What the front-end is told to be the number of queues (VHOST_USER_GET_QUEUE_NUM). The specification does not say
     * what is counted where queues come in pairs; a device answers what front-ends of its type expect.
     */
    default int announcedQueueCount() {
        return queueCount();
    }

    /** Queues with the same number have the same worker. Not negative; spread over workers in its order. */
    default int workerGroup(int queue) {
        return queue;
    }

    /**
     * Feature bits of this device type that are offered; those of the queue and of vhost-user are not this interface's
     * business.
     */
    long features();

    /** What a front-end is offered beside memory and rings; constant. */
    default Set<DeviceMessages> messages() {
        return Set.of(DeviceMessages.CONFIGURATION, DeviceMessages.INFLIGHT, DeviceMessages.MEMORY_SLOTS);
    }

    /** A copy of the device configuration space as it is now. */
    byte[] configuration();

    /**
     * The driver writes device configuration space.
     *
     * @return false if the driver may not write there; then nothing has changed
     */
    boolean writeConfiguration(int offset, byte[] bytes);

    /** Registers whom to tell that {@link #configuration} changed by itself; replaces the one before. */
    void onConfigurationChange(Runnable listener);

    /**
     * The front-end says which MTU the guest is told. Called by its session's thread, only with {@link
     * DeviceMessages#NETWORK}.
     *
     * @param mtu any number
     * @return false if it cannot be had; then nothing has changed
     */
    default boolean guestMtu(long mtu) {
        return false;
    }

    /**
     * The guest has moved here: the network is to be told where it is. Called by the session's thread, only with {@link
     * DeviceMessages#NETWORK}.
     *
     * @param mac 6 bytes, the caller's no more
     */
    default void announce(byte[] mac) {}

    /**
     * The first ring is about to start.
     *
     * @param features negotiated features
     * @throws IOException with one clear line; the front-end is then disconnected
     */
    void start(long features) throws IOException;

    /** The last ring has stopped; nothing is in flight. Makes what was written stable. */
    void stop();

    /**
     * A ring starts. Called by the ring's worker, after {@link #start}; the handler is the worker's alone. Does not
     * block.
     */
    VringHandler openVring(VringContext context);

    /**
     * Age of the oldest request that was taken from a virtqueue and not handed back, in nanoseconds; 0 when there is
     * none, and for a virtqueue whose buffers the device keeps for as long as it likes. Does not block.
     *
     * @param nowNanos of {@link System#nanoTime}
     */
    default long oldestRequestNanos(int queue, long nowNanos) {
        return 0;
    }

    /**
     * Called about once a second while the device is served, by the one thread that looks after all devices of the
     * process: must not wait for anything, a hanging disk least of all.
     *
     * @param nowNanos of {@link System#nanoTime}
     */
    default void look(long nowNanos) {}

    @Override
    void close() throws IOException;
}
