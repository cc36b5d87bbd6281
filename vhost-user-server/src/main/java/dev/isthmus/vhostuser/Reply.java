package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;

/** What a request of the front-end is answered with. Whether it is sent at all says {@link Request#wantsReply}. */
public sealed interface Reply {
    /** GET_FEATURES, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, GET_MAX_MEM_SLOTS. */
    record U64(long value) implements Reply {}

    /** GET_VRING_BASE: the next available index, 0 to 65535. */
    record VringState(int index, int base) implements Reply {}

    /**
     * GET_CONFIG. QEMU wants exactly as many bytes as it asked for.
     *
     * @param offset the request's
     * @param contents 0 to {@link Limits#CONFIG_BYTES_MAX} bytes
     */
    record Config(long offset, byte[] contents) implements Reply {}

    /** GET_CONFIG that cannot be answered: no payload at all (the vhost-user specification, GET_CONFIG). */
    record ConfigRefused() implements Reply {}

    /**
     * GET_INFLIGHT_FD, with the descriptor of the region.
     *
     * @param fd stays the session's until the reply is out
     * @param payloadBytes of the request's payload
     */
    record Inflight(long mmapSize, int queues, int queueSize, OwnedFd fd, int payloadBytes) implements Reply {}

    /** All requests without a reply of their own: zero for done, one for failed ("REPLY_ACK"). */
    record Ack(boolean ok) implements Reply {}
}
