package dev.isthmus.vhostuser;

import dev.isthmus.device.DeviceMessages;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Protocol features this back-end knows: the vhost-user specification, "Protocol features". Others are never offered.
 */
public enum ProtocolFeature {
    MQ(0),
    RARP(2, DeviceMessages.NETWORK),
    REPLY_ACK(3),
    MTU(4, DeviceMessages.NETWORK),
    BACKEND_REQ(5, DeviceMessages.CONFIGURATION),
    CONFIG(9, DeviceMessages.CONFIGURATION),
    BACKEND_SEND_FD(10, DeviceMessages.CONFIGURATION),
    INFLIGHT_SHMFD(12, DeviceMessages.INFLIGHT),
    CONFIGURE_MEM_SLOTS(15, DeviceMessages.MEMORY_SLOTS);

    /** {@code VHOST_USER_F_PROTOCOL_FEATURES} as a mask: the <em>feature</em> bit that stands for all of these. */
    public static final long FEATURE = 1L << 30;

    private final int bit;
    /** Who has a use for it; null: every device. */
    private final @Nullable DeviceMessages messages;

    ProtocolFeature(int bit) {
        this.bit = bit;
        this.messages = null;
    }

    ProtocolFeature(int bit, DeviceMessages messages) {
        this.bit = bit;
        this.messages = messages;
    }

    /** What is offered for a device with such messages. */
    public static Set<ProtocolFeature> offered(Set<DeviceMessages> messages) {
        return Arrays.stream(values()).filter(f -> f.messages == null || messages.contains(f.messages))
                .collect(Collectors.toUnmodifiableSet());
    }

    public int bit() {
        return bit;
    }

    public long mask() {
        return 1L << bit;
    }

    /** The masks of these features together. */
    public static long masks(Iterable<ProtocolFeature> features) {
        long masks = 0;
        for (ProtocolFeature feature : features) {
            masks |= feature.mask();
        }
        return masks;
    }
}
