package dev.isthmus.vhostuser;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The message table: what a front-end may send, and what is legal about it before its payload is looked at.
 *
 * <p>The vhost-user specification, "Front-end message types". The names are the specification's without their {@code
 * VHOST_USER_}. A code that is not here belongs to something this back-end does not offer; the specification's codes
 * end at 45.
 */
public enum FrontendRequest {
    GET_FEATURES(1, payload(0), fds(0), reply(), always()),
    SET_FEATURES(2, payload(8), fds(0), ack(), always()),
    SET_OWNER(3, payload(0), fds(0), ack(), always()),
    RESET_OWNER(4, payload(0), fds(0), ack(), always()),
    SET_MEM_TABLE(5, memoryTable(), fds(0, Limits.REGIONS_PER_TABLE_MAX), ack(), always()),
    SET_VRING_NUM(8, payload(VringStateLayout.BYTES), fds(0), ack(), always()),
    SET_VRING_ADDR(9, payload(VringAddressLayout.BYTES), fds(0), ack(), always()),
    SET_VRING_BASE(10, payload(VringStateLayout.BYTES), fds(0), ack(), always()),
    GET_VRING_BASE(11, payload(VringStateLayout.BYTES), fds(0), reply(), always()),
    SET_VRING_KICK(12, payload(VringFdLayout.BYTES), fds(0, 1), ack(), always()),
    SET_VRING_CALL(13, payload(VringFdLayout.BYTES), fds(0, 1), ack(), always()),
    SET_VRING_ERR(14, payload(VringFdLayout.BYTES), fds(0, 1), ack(), always()),
    GET_PROTOCOL_FEATURES(15, payload(0), fds(0), reply(), offered()),
    SET_PROTOCOL_FEATURES(16, payload(8), fds(0), ack(), offered()),
    GET_QUEUE_NUM(17, payload(0), fds(0), reply(), needs(ProtocolFeature.MQ)),
    SET_VRING_ENABLE(18, payload(VringStateLayout.BYTES), fds(0), ack(), notDeclined()),
    SEND_RARP(19, payload(8), fds(0), ack(), needs(ProtocolFeature.RARP)),
    NET_SET_MTU(20, payload(8), fds(0), ack(), needs(ProtocolFeature.MTU)),
    SET_BACKEND_REQ_FD(21, payload(0), fds(1), ack(), needs(ProtocolFeature.BACKEND_REQ)),
    GET_CONFIG(24, config(), fds(0), reply(), needs(ProtocolFeature.CONFIG)),
    SET_CONFIG(25, config(), fds(0), ack(), needs(ProtocolFeature.CONFIG)),
    GET_INFLIGHT_FD(31, inflight(), fds(0), reply(), needs(ProtocolFeature.INFLIGHT_SHMFD)),
    SET_INFLIGHT_FD(32, inflight(), fds(1), ack(), needs(ProtocolFeature.INFLIGHT_SHMFD)),
    GET_MAX_MEM_SLOTS(36, payload(0), fds(0), reply(), needs(ProtocolFeature.CONFIGURE_MEM_SLOTS)),
    ADD_MEM_REG(37, payload(MemoryRegionLayout.SINGLE_BYTES), fds(1), ack(),
            needs(ProtocolFeature.CONFIGURE_MEM_SLOTS)),
    /** libblkio sends the region's descriptor here too, QEMU does not; it is closed unused. */
    REM_MEM_REG(38, payload(MemoryRegionLayout.SINGLE_BYTES), fds(0, 1), ack(),
            needs(ProtocolFeature.CONFIGURE_MEM_SLOTS));

    private static final Map<Long, FrontendRequest> BY_CODE = byCode();

    private final int code;
    private final Range payload;
    private final Range descriptors;
    private final boolean hasReply;
    private final Gate gate;

    FrontendRequest(int code, Range payload, Range descriptors, boolean hasReply, Gate gate) {
        this.code = code;
        this.payload = payload;
        this.descriptors = descriptors;
        this.hasReply = hasReply;
        this.gate = gate;
    }

    /** The number in the header. */
    public int code() {
        return code;
    }

    /** Whether it is always answered, with a payload of its own, and therefore never with an acknowledgement. */
    public boolean hasReply() {
        return hasReply;
    }

    Range payload() {
        return payload;
    }

    Range descriptors() {
        return descriptors;
    }

    Gate gate() {
        return gate;
    }

    /** Null when this back-end has no such request. */
    static @Nullable FrontendRequest of(long code) {
        return BY_CODE.get(code);
    }

    private static Map<Long, FrontendRequest> byCode() {
        Map<Long, FrontendRequest> map = new HashMap<>();
        for (FrontendRequest request : values()) {
            map.put((long) request.code, request);
        }
        return Map.copyOf(map);
    }

    private static Range payload(int bytes) {
        return new Range(bytes, bytes, 1);
    }

    private static Range memoryTable() {
        return new Range(MemoryRegionLayout.tableBytes(0), MemoryRegionLayout.tableBytes(Limits.REGIONS_PER_TABLE_MAX),
                MemoryRegionLayout.BYTES);
    }

    private static Range inflight() {
        return new Range(InflightLayout.BYTES, InflightLayout.PADDED_BYTES,
                InflightLayout.PADDED_BYTES - InflightLayout.BYTES);
    }

    private static Range config() {
        return new Range(ConfigLayout.BYTES, ConfigLayout.BYTES + Limits.CONFIG_BYTES_MAX, 1);
    }

    private static Range fds(int count) {
        return new Range(count, count, 1);
    }

    private static Range fds(int min, int max) {
        return new Range(min, max, 1);
    }

    /** Has a reply of its own. */
    private static boolean reply() {
        return true;
    }

    /** Is answered only if it asks and REPLY_ACK is negotiated. */
    private static boolean ack() {
        return false;
    }

    private static Gate always() {
        return new Gate.Open();
    }

    private static Gate offered() {
        return new Gate.ProtocolFeaturesOffered();
    }

    private static Gate notDeclined() {
        return new Gate.ProtocolFeaturesNotDeclined();
    }

    private static Gate needs(ProtocolFeature feature) {
        return new Gate.ProtocolFeatureNegotiated(feature);
    }
}
