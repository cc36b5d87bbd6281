package dev.isthmus.net.uplink;

import java.io.IOException;

/**
 * Where a device's frames go and come from. One for each device, which owns it. It outlives the device's front-ends;
 * its queues do not.
 */
public interface Uplink extends AutoCloseable {
    /** Constant; any thread. */
    UplinkAbilities abilities();

    /**
     * Opens a queue pair: one for the receive and the transmit ring of a pair together, opened when the first of them
     * starts and closed when both have stopped. Called by the thread that serves the front-end or by the pair's worker;
     * must be quick.
     *
     * @param pair 0 to {@link UplinkAbilities#queuePairs()} - 1; not open
     * @param toGuest what the guest takes, at most what {@link UplinkAbilities#toGuest()} says, and the same for all
     *     pairs that are open at a time
     * @throws IOException with one clear line; the pair then moves no frames
     */
    UplinkQueue open(int pair, Offloads toGuest) throws IOException;

    /** All queues are closed. */
    @Override
    void close() throws IOException;
}
