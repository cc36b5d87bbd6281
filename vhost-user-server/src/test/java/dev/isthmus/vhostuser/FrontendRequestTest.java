package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The message table against the specification's, written down a second time. */
class FrontendRequestTest {
    @Clause("vhost-user, Front-end message types")
    @ParameterizedTest
    @CsvSource({
        "GET_FEATURES,           1,  0,   0,  0, 0, reply",
        "SET_FEATURES,           2,  8,   8,  0, 0, ack",
        "SET_OWNER,              3,  0,   0,  0, 0, ack",
        "RESET_OWNER,            4,  0,   0,  0, 0, ack",
        "SET_MEM_TABLE,          5,  8, 264,  0, 8, ack",
        "SET_VRING_NUM,          8,  8,   8,  0, 0, ack",
        "SET_VRING_ADDR,         9, 40,  40,  0, 0, ack",
        "SET_VRING_BASE,        10,  8,   8,  0, 0, ack",
        "GET_VRING_BASE,        11,  8,   8,  0, 0, reply",
        "SET_VRING_KICK,        12,  8,   8,  0, 1, ack",
        "SET_VRING_CALL,        13,  8,   8,  0, 1, ack",
        "SET_VRING_ERR,         14,  8,   8,  0, 1, ack",
        "GET_PROTOCOL_FEATURES, 15,  0,   0,  0, 0, reply",
        "SET_PROTOCOL_FEATURES, 16,  8,   8,  0, 0, ack",
        "GET_QUEUE_NUM,         17,  0,   0,  0, 0, reply",
        "SET_VRING_ENABLE,      18,  8,   8,  0, 0, ack",
        "SEND_RARP,             19,  8,   8,  0, 0, ack",
        "NET_SET_MTU,           20,  8,   8,  0, 0, ack",
        "SET_BACKEND_REQ_FD,    21,  0,   0,  1, 1, ack",
        "GET_CONFIG,            24, 12, 268,  0, 0, reply",
        "SET_CONFIG,            25, 12, 268,  0, 0, ack",
        "GET_INFLIGHT_FD,       31, 20,  24,  0, 0, reply",
        "SET_INFLIGHT_FD,       32, 20,  24,  1, 1, ack",
        "GET_MAX_MEM_SLOTS,     36,  0,   0,  0, 0, reply",
        "ADD_MEM_REG,           37, 40,  40,  1, 1, ack",
        "REM_MEM_REG,           38, 40,  40,  0, 1, ack"})
    void rowIsTheSpecifications(FrontendRequest request, int code, int payloadMin, int payloadMax, int fdsMin,
            int fdsMax,
            String answer) {
        assertThat(request.code()).isEqualTo(code);
        assertThat(request.payload().min()).isEqualTo(payloadMin);
        assertThat(request.payload().max()).isEqualTo(payloadMax);
        assertThat(request.descriptors().min()).isEqualTo(fdsMin);
        assertThat(request.descriptors().max()).isEqualTo(fdsMax);
        assertThat(request.hasReply()).isEqualTo("reply".equals(answer));
    }

    @Test
    void tableHasNoOtherRows() {
        assertThat(FrontendRequest.values()).hasSize(26);
    }

    @ParameterizedTest
    @EnumSource
    void requestIsFoundByItsCode(FrontendRequest request) {
        assertThat(FrontendRequest.of(request.code())).isSameAs(request);
    }

    @Test
    void codesOfWhatIsNotOfferedHaveNoRequestButAName() {
        assertThat(FrontendRequest.of(0)).isNull();
        assertThat(FrontendRequest.of(6)).isNull();
        assertThat(RequestNames.describe(6)).isEqualTo("SET_LOG_BASE (6)");
        assertThat(RequestNames.describe(45)).isEqualTo("GET_VRING_BASE_SKIP_DRAIN (45)");
        assertThat(RequestNames.describe(8)).isEqualTo("SET_VRING_NUM (8)");
        assertThat(RequestNames.describe(4294967295L)).isEqualTo("request 4294967295");
    }

    @Test
    void everyCodeOfTheSpecificationHasAName() {
        for (long code = 1; code <= 45; code++) {
            assertThat(RequestNames.describe(code)).as("code %d", code).doesNotStartWith("request");
        }
    }

    @Clause("vhost-user, Protocol features")
    @ParameterizedTest
    @CsvSource({"MQ, 0", "RARP, 2", "REPLY_ACK, 3", "MTU, 4", "BACKEND_REQ, 5", "CONFIG, 9", "BACKEND_SEND_FD, 10",
        "INFLIGHT_SHMFD, 12",
        "CONFIGURE_MEM_SLOTS, 15"})
    void protocolFeatureHasTheSpecificationsBit(ProtocolFeature feature, int bit) {
        assertThat(feature.bit()).isEqualTo(bit);
        assertThat(feature.mask()).isEqualTo(1L << bit);
    }
}
