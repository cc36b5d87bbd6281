package dev.isthmus.net;

import dev.isthmus.counters.Counter;

/** What is counted about the control queue. Its worker writes. */
public final class ControlCounters {
    public final Counter accepted = new Counter();

    /** Answered VIRTIO_NET_ERR. */
    public final Counter refused = new Counter();

    /** Chains that are no command, since they cannot be read or have no room for the answer. */
    public final Counter unusable = new Counter();
}
