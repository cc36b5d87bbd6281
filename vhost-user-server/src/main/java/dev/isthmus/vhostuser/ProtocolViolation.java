package dev.isthmus.vhostuser;

/**
 * The front-end broke a rule of the protocol; its connection is to be closed. The message is a whole sentence that
 * names the values, fit for the one log line of this connection.
 */
public final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    /** The rule, for counting. */
    public enum Rule {
        /** "Header": the version is 1. */
        VERSION,
        /** "Header": bits without a meaning are zero. */
        RESERVED_FLAGS,
        /** "Header": requests do not carry the reply flag, replies do. */
        REPLY_FLAG,
        /** No message has such a payload: {@link Limits#PAYLOAD_BYTES_MAX}. */
        PAYLOAD_LIMIT,
        /** The connection ended inside a message. */
        TRUNCATED,
        /** "Communication": descriptors come with the first byte of the header. */
        DESCRIPTORS_LATE,
        /** A code without a message, or one whose feature this back-end does not offer. */
        UNKNOWN_REQUEST,
        /** The feature or protocol feature that allows the message was not negotiated. */
        NOT_NEGOTIATED,
        /** The message's payload has another size. */
        PAYLOAD_SIZE,
        /** The message comes with another number of descriptors. */
        DESCRIPTOR_COUNT,
        /** The device has fewer queues. */
        QUEUE_INDEX,
        /** virtio 1.3, 2.7: the size of a split virtqueue is a power of two up to 32768. */
        QUEUE_SIZE,
        /** "A vring descriptor index for split virtqueues": bits 16 to 31 are zero. */
        VRING_BASE,
        /** SET_VRING_ENABLE takes 0 or 1. */
        VRING_ENABLE,
        /** SET_VRING_ADDR has one flag, {@code VHOST_VRING_F_LOG}. */
        VRING_ADDR_FLAGS,
        /** The u64 of SET_VRING_KICK, SET_VRING_CALL and SET_VRING_ERR has nine bits. */
        VRING_FD_FLAGS,
        /** SET_MEM_TABLE: the payload holds as many regions as it says. */
        REGION_COUNT,
        /** "Virtio device config space": size is that of the contents. */
        CONFIG_SIZE,
        /** "Virtio device config space": SET_CONFIG's flags are 0 or 1. */
        CONFIG_FLAGS,
        /** "Inflight description": queues the device has, and a region that holds what they need. */
        INFLIGHT,
        /** A reply on the back-end's channel answers another request. */
        REPLY_MISMATCH,
        /** SET_FEATURES with a bit that GET_FEATURES does not show. */
        FEATURES_NOT_OFFERED,
        /** SET_PROTOCOL_FEATURES with a bit that GET_PROTOCOL_FEATURES does not show. */
        PROTOCOL_FEATURES_NOT_OFFERED,
        /** A memory region that cannot be taken: {@link dev.isthmus.memory.MemoryException.Rule}. */
        MEMORY_REGION,
        /** A vring that cannot be configured so: {@link dev.isthmus.vring.VringViolation}. */
        VRING
    }

    private final Rule rule;

    public ProtocolViolation(Rule rule, String sentence) {
        super(sentence);
        this.rule = rule;
    }

    public Rule rule() {
        return rule;
    }
}
