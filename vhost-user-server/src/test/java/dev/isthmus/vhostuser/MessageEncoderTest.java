package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replies against bytes laid out by hand. Their flags are version and reply, and nothing else. */
class MessageEncoderTest {
    private static final int REPLY_FLAGS = 5;

    @Clause("vhost-user, Header")
    @Test
    void numberIsLittleEndianAfterTheHeader() {
        assertThat(MessageEncoder.encode(FrontendRequest.GET_FEATURES, new Reply.U64(0x0102030405060708L)))
                .containsExactly(1, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1);
    }

    @Clause("vhost-user, VHOST_USER_GET_VRING_BASE")
    @Test
    void vringStateIsIndexAndBase() {
        assertThat(MessageEncoder.encode(FrontendRequest.GET_VRING_BASE, new Reply.VringState(3, 65535)))
                .isEqualTo(Wire.message(11, REPLY_FLAGS, Wire.payload().u32(3).u32(65535).bytes()));
    }

    @Clause("vhost-user, VHOST_USER_GET_CONFIG")
    @Test
    void configHasOffsetSizeNoFlagsAndContents() {
        byte[] contents = {9, 8, 7};
        assertThat(MessageEncoder.encode(FrontendRequest.GET_CONFIG, new Reply.Config(0xfffffff0L, contents)))
                .isEqualTo(Wire.message(24, REPLY_FLAGS,
                        Wire.payload().u32(0xfffffff0L).u32(3).u32(0).raw(contents).bytes()));
    }

    @Clause("vhost-user, VHOST_USER_GET_CONFIG")
    @Test
    void refusedConfigHasNoPayload() {
        assertThat(MessageEncoder.encode(FrontendRequest.GET_CONFIG, new Reply.ConfigRefused()))
                .isEqualTo(Wire.message(24, REPLY_FLAGS, new byte[0]));
    }

    @Clause("vhost-user, VHOST_USER_PROTOCOL_F_REPLY_ACK")
    @ParameterizedTest
    @EnumSource
    void acknowledgementIsZeroForDoneAndOneForFailed(FrontendRequest request) {
        assertThat(MessageEncoder.encode(request, new Reply.Ack(true)))
                .isEqualTo(Wire.message(request.code(), REPLY_FLAGS, Wire.payload().u64(0).bytes()));
        assertThat(MessageEncoder.encode(request, new Reply.Ack(false)))
                .isEqualTo(Wire.message(request.code(), REPLY_FLAGS, Wire.payload().u64(1).bytes()));
    }
}
