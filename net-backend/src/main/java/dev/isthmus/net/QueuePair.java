package dev.isthmus.net;

import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkQueue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uplink's side of a receive and a transmit ring, open while at least one of them is started. Both have the same
 * worker, to which this belongs meanwhile.
 */
final class QueuePair {
    private static final Logger LOG = LoggerFactory.getLogger(QueuePair.class);

    final int index;
    private final String device;
    private final Uplink uplink;
    private @Nullable UplinkQueue queue;
    private int users;

    QueuePair(String device, Uplink uplink, int index) {
        this.device = device;
        this.uplink = uplink;
        this.index = index;
    }

    /** For a ring that starts. Without an uplink the ring works and moves nothing. */
    UplinkQueue acquire(Offloads toGuest) {
        users++;
        UplinkQueue present = queue;
        if (present == null) {
            present = open(toGuest);
            queue = present;
        }
        return present;
    }

    private UplinkQueue open(Offloads toGuest) {
        try {
            return uplink.open(index, toGuest);
        } catch (IOException e) {
            LOG.error("{}: queue pair {} moves no frames: {}", device, index, e.getMessage());
            return new NoUplinkQueue();
        }
    }

    /** A ring has stopped. */
    void release() {
        users--;
        if (users == 0) {
            close();
        }
    }

    /** All rings are stopped, or their worker is no more. */
    void close() {
        users = 0;
        UplinkQueue present = queue;
        queue = null;
        if (present != null) {
            present.close();
        }
    }
}
