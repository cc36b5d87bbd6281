package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendChannelTest {
    private static final BackendMessage CONFIG_CHANGE = new BackendMessage.ConfigChange();

    private long eventFdsBefore;
    private UnixSocket frontend;
    private BackendChannel channel;

    @BeforeEach
    void connect() throws LinuxException {
        eventFdsBefore = Wire.openEventFds();
        List<UnixSocket> pair = UnixSocket.pair();
        frontend = pair.get(0);
        channel = BackendChannel.over(pair.get(1));
    }

    @AfterEach
    void noDescriptorIsLeaked() {
        frontend.close();
        channel.close();
        assertThat(Wire.openEventFds()).isEqualTo(eventFdsBefore);
    }

    private byte[] received(int length) throws LinuxException {
        byte[] bytes = new byte[length];
        List<OwnedFd> fds = new ArrayList<>();
        assertThat(frontend.receive(bytes, 0, length, fds)).isEqualTo(length);
        assertThat(fds).isEmpty();
        return bytes;
    }

    private void refused(Rule rule, String sentence, byte[] reply, int fds) throws LinuxException {
        List<OwnedFd> sent = Wire.eventFds(fds);
        frontend.send(reply, sent);
        sent.forEach(OwnedFd::close);
        assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> channel.awaitReply(CONFIG_CHANGE))
                .withMessage(sentence)
                .satisfies(violation -> assertThat(violation.rule()).isEqualTo(rule));
    }

    @Clause("vhost-user, VHOST_USER_BACKEND_CONFIG_CHANGE_MSG")
    @Test
    void configChangeIsAHeaderAlone() throws LinuxException {
        channel.send(CONFIG_CHANGE, false);
        assertThat(received(12)).isEqualTo(Wire.payload().u32(2).u32(1).u32(0).bytes());
    }

    @Test
    void replyIsAskedForByAFlag() throws LinuxException {
        channel.send(CONFIG_CHANGE, true);
        assertThat(received(12)).isEqualTo(Wire.payload().u32(2).u32(9).u32(0).bytes());
    }

    @Clause("vhost-user, VHOST_USER_PROTOCOL_F_REPLY_ACK")
    @Test
    void zeroIsSuccessAndAllElseFailure() throws Exception {
        frontend.send(Wire.message(2, 5, Wire.payload().u64(0).bytes()), List.of());
        frontend.send(Wire.message(2, 5, Wire.payload().u64(1L << 63).bytes()), List.of());
        assertThat(channel.awaitReply(CONFIG_CHANGE)).isTrue();
        assertThat(channel.awaitReply(CONFIG_CHANGE)).isFalse();
    }

    @Test
    void replyHasTheVersion() throws LinuxException {
        refused(Rule.VERSION, "the reply to CONFIG_CHANGE_MSG with version 0, must be 1", Wire.message(2, 4,
                new byte[8]), 0);
    }

    @Test
    void replyHasTheReplyFlag() throws LinuxException {
        refused(Rule.REPLY_FLAG, "the reply to CONFIG_CHANGE_MSG without the reply flag", Wire.message(2, 1,
                new byte[8]), 0);
    }

    @Test
    void replyIsToTheRequestThatWasSent() throws LinuxException {
        refused(Rule.REPLY_MISMATCH, "the reply to CONFIG_CHANGE_MSG with code 3, must be 2",
                Wire.message(3, 5, new byte[8]), 0);
    }

    @Test
    void replyIsOneNumber() throws LinuxException {
        refused(Rule.PAYLOAD_SIZE, "the reply to CONFIG_CHANGE_MSG with a payload of 4 bytes, must be 8",
                Wire.message(2, 5, new byte[4]), 0);
    }

    @Test
    void replyHasNoDescriptors() throws LinuxException {
        refused(Rule.DESCRIPTOR_COUNT, "the reply to CONFIG_CHANGE_MSG with 2 descriptors, must be 0",
                Wire.message(2, 5, new byte[8]), 2);
    }

    @Test
    void endBeforeTheReplyIsNoReply() {
        frontend.close();
        assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> channel.awaitReply(CONFIG_CHANGE))
                .withMessage("the connection ended before the reply to CONFIG_CHANGE_MSG");
    }
}
