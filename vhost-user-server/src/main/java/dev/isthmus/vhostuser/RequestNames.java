package dev.isthmus.vhostuser;

import static java.util.Map.entry;

import java.util.Map;

/**
 * Names of requests that the vhost-user specification has and this back-end does not offer, so that a log line can
 * say more than a number (the specification, "Front-end message types").
 */
final class RequestNames {
    private static final Map<Long, String> NOT_OFFERED = Map.ofEntries(
            entry(6L, "SET_LOG_BASE"),
            entry(7L, "SET_LOG_FD"),
            entry(22L, "IOTLB_MSG"),
            entry(23L, "SET_VRING_ENDIAN"),
            entry(26L, "CREATE_CRYPTO_SESSION"),
            entry(27L, "CLOSE_CRYPTO_SESSION"),
            entry(28L, "POSTCOPY_ADVISE"),
            entry(29L, "POSTCOPY_LISTEN"),
            entry(30L, "POSTCOPY_END"),
            entry(31L, "GET_INFLIGHT_FD"),
            entry(32L, "SET_INFLIGHT_FD"),
            entry(33L, "GPU_SET_SOCKET"),
            entry(34L, "RESET_DEVICE"),
            entry(35L, "VRING_KICK"),
            entry(39L, "SET_STATUS"),
            entry(40L, "GET_STATUS"),
            entry(41L, "GET_SHARED_OBJECT"),
            entry(42L, "SET_DEVICE_STATE_FD"),
            entry(43L, "CHECK_DEVICE_STATE"),
            entry(44L, "GET_SHMEM_CONFIG"),
            entry(45L, "GET_VRING_BASE_SKIP_DRAIN"));

    private RequestNames() {}

    /** "SET_LOG_BASE (6)", or "request 77" for a code nobody has defined. */
    static String describe(long code) {
        FrontendRequest known = FrontendRequest.of(code);
        String name = known == null ? NOT_OFFERED.get(code) : known.name();
        return name == null ? "request " + code : name + " (" + code + ")";
    }
}
