package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading from a real pair of sockets, with real descriptors. */
class MessageReaderTest {
    private static final Negotiated ALL = Sessions.everythingNegotiated(4);

    private long eventFdsBefore;
    private UnixSocket frontend;
    private UnixSocket backend;
    private MessageReader reader;

    @BeforeEach
    void connect() throws LinuxException {
        eventFdsBefore = Wire.openEventFds();
        List<UnixSocket> pair = UnixSocket.pair();
        frontend = pair.get(0);
        backend = pair.get(1);
        reader = new MessageReader(backend);
    }

    @AfterEach
    void noDescriptorIsLeaked() {
        frontend.close();
        backend.close();
        assertThat(Wire.openEventFds()).isEqualTo(eventFdsBefore);
    }

    private void send(byte[] message, int fds) throws LinuxException {
        List<OwnedFd> sent = Wire.eventFds(fds);
        frontend.send(message, sent);
        sent.forEach(OwnedFd::close);
    }

    @Test
    void messagesComeOneAtATimeThoughSentTogether() throws Exception {
        send(Wire.payload().raw(Wire.message(3, 1, new byte[0])).raw(Wire.message(2, 1, Wire.payload().u64(5).bytes()))
                .raw(Wire.message(1, 9, new byte[0])).bytes(), 0);
        try (Request owner = reader.read(ALL); Request set = reader.read(ALL); Request get = reader.read(ALL)) {
            assertThat(owner.message()).isEqualTo(new FrontendMessage.SetOwner());
            assertThat(set.message()).isEqualTo(new FrontendMessage.SetFeatures(5));
            assertThat(set.needReply()).isFalse();
            assertThat(get.message()).isEqualTo(new FrontendMessage.GetFeatures());
            assertThat(get.needReply()).isTrue();
        }
    }

    @Test
    void descriptorThatWasTakenOutlivesTheRequest() throws Exception {
        OwnedFd kick;
        try (OwnedFd mine = EventFd.create()) {
            frontend.send(Wire.message(12, 1, Wire.payload().u64(1).bytes()), List.of(mine));
            try (Request request = reader.read(ALL)) {
                FrontendMessage.SetVringKick message = (FrontendMessage.SetVringKick) request.message();
                kick = request.take(message.fd());
            }
            EventFd.signal(kick.number());
            assertThat(EventFd.drain(mine)).isEqualTo(1);
        }
        kick.close();
    }

    @Test
    void descriptorsNobodyTookAreClosedWithTheRequest() throws Exception {
        send(Wire.message(5, 1, Wire.payload().u64(8).raw(new byte[256]).bytes()), 8);
        try (Request request = reader.read(ALL)) {
            assertThat(((FrontendMessage.SetMemTable) request.message()).fds()).hasSize(8);
            assertThat(Wire.openEventFds()).isEqualTo(eventFdsBefore + 8);
        }
        assertThat(Wire.openEventFds()).isEqualTo(eventFdsBefore);
    }

    @Clause("vhost-user, Communication")
    @Test
    void payloadMayComeAfterHeaderAndDescriptors() throws Exception {
        byte[] message = Wire.message(12, 1, Wire.payload().u64(3).bytes());
        byte[] header = Arrays.copyOf(message, 12);
        send(header, 1);
        send(Arrays.copyOfRange(message, 12, 20), 0);
        try (Request request = reader.read(ALL)) {
            assertThat(((FrontendMessage.SetVringKick) request.message()).index()).isEqualTo(3);
        }
    }

    @Test
    void messageMayComeByteByByte() throws Exception {
        byte[] message = Wire.message(9, 9, Wire.payload().u64(1).u64(2).u64(3).u64(4).u64(5).bytes());
        for (byte b : message) {
            send(new byte[] {b}, 0);
        }
        try (Request request = reader.read(ALL)) {
            assertThat(request.message()).isEqualTo(new FrontendMessage.SetVringAddr(1, 0, 2, 3, 4, 5));
        }
    }

    @Test
    void messageWithDescriptorsMayBeReceivedByteByByte() throws Exception {
        ScriptedSource source = new ScriptedSource();
        byte[] message = Wire.message(5, 1, Wire.payload().u64(2).raw(new byte[64]).bytes());
        for (int i = 0; i < message.length; i++) {
            source.add(new byte[] {message[i]}, i == 0 ? Wire.eventFds(2) : List.of());
        }
        try (Request request = new MessageReader(source).read(ALL)) {
            assertThat(((FrontendMessage.SetMemTable) request.message()).fds()).hasSize(2);
        }
    }

    @Test
    void endBetweenMessagesIsNotAViolation() throws Exception {
        send(Wire.message(3, 1, new byte[0]), 0);
        frontend.close();
        try (Request owner = reader.read(ALL)) {
            assertThat(owner.message()).isEqualTo(new FrontendMessage.SetOwner());
        }
        assertThat(reader.read(ALL)).isNull();
    }

    @Test
    void frontendThatDidNotReadItsRepliesHasEndedToo() throws Exception {
        backend.send(MessageEncoder.encode(FrontendRequest.GET_FEATURES, new Reply.U64(0)), List.of());
        frontend.close();
        assertThat(reader.read(ALL)).isNull();
    }

    @Test
    void shutdownOfOurSideEndsTheReading() throws Exception {
        backend.shutdown();
        assertThat(reader.read(ALL)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 16, 17, 60})
    void moreDescriptorsThanAnyMessageHasAreRefusedAndClosed(int fds) throws Exception {
        send(Wire.message(5, 1, Wire.payload().u64(8).raw(new byte[256]).bytes()), fds);
        assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> reader.read(ALL))
                .satisfies(violation -> assertThat(violation.rule()).isEqualTo(Rule.DESCRIPTOR_COUNT));
    }

    @Test
    void endInsideAMessageIsAViolation() throws Exception {
        send(Arrays.copyOf(Wire.message(37, 1, new byte[40]), 30), 1);
        frontend.close();
        assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> reader.read(ALL))
                .withMessage("the connection ended after 18 of 40 bytes of a payload");
    }
}
