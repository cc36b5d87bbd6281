package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.spec.Clause;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every request, from bytes laid out by hand to its record. What is refused: {@link ProtocolRulesTest}. */
class MessageDecoderTest {
    private static final Negotiated ALL = Sessions.everythingNegotiated(4);

    private static Request decode(int code, byte[] payload, List<OwnedFd> fds) throws ProtocolViolation {
        return MessageDecoder.decode(new MessageHeader(code, 1, payload.length), payload, fds, ALL);
    }

    private static FrontendMessage message(int code, byte[] payload) throws ProtocolViolation {
        return decode(code, payload, List.of()).message();
    }

    @Test
    void requestsWithoutPayload() throws ProtocolViolation {
        byte[] none = {};
        assertThat(message(1, none)).isEqualTo(new FrontendMessage.GetFeatures());
        assertThat(message(3, none)).isEqualTo(new FrontendMessage.SetOwner());
        assertThat(message(4, none)).isEqualTo(new FrontendMessage.ResetOwner());
        assertThat(message(15, none)).isEqualTo(new FrontendMessage.GetProtocolFeatures());
        assertThat(message(17, none)).isEqualTo(new FrontendMessage.GetQueueNum());
        assertThat(message(36, none)).isEqualTo(new FrontendMessage.GetMaxMemSlots());
    }

    @Test
    void featuresAreAllSixtyFourBits() throws ProtocolViolation {
        byte[] payload = Wire.payload().u64(0x8000_0001_4000_0200L).bytes();
        assertThat(message(2, payload)).isEqualTo(new FrontendMessage.SetFeatures(0x8000_0001_4000_0200L));
        assertThat(message(16, payload)).isEqualTo(new FrontendMessage.SetProtocolFeatures(0x8000_0001_4000_0200L));
    }

    @Test
    void vringStates() throws ProtocolViolation {
        assertThat(message(8, state(3, 256))).isEqualTo(new FrontendMessage.SetVringNum(3, 256));
        assertThat(message(8, state(0, 1))).isEqualTo(new FrontendMessage.SetVringNum(0, 1));
        assertThat(message(8, state(0, 32768))).isEqualTo(new FrontendMessage.SetVringNum(0, 32768));
        assertThat(message(10, state(1, 65535))).isEqualTo(new FrontendMessage.SetVringBase(1, 65535));
        assertThat(message(11, state(2, 0))).isEqualTo(new FrontendMessage.GetVringBase(2));
        assertThat(message(18, state(3, 1))).isEqualTo(new FrontendMessage.SetVringEnable(3, true));
        assertThat(message(18, state(3, 0))).isEqualTo(new FrontendMessage.SetVringEnable(3, false));
    }

    @Test
    void numOfGetVringBaseMeansNothing() throws ProtocolViolation {
        assertThat(message(11, state(2, 0xffffffffL))).isEqualTo(new FrontendMessage.GetVringBase(2));
    }

    @Clause("vhost-user, A vring address description")
    @Test
    void vringAddress() throws ProtocolViolation {
        byte[] payload = Wire.payload().u32(2).u32(1).u64(0x1000).u64(0x2000).u64(0x3000).u64(0x4000).bytes();
        assertThat(message(9, payload))
                .isEqualTo(new FrontendMessage.SetVringAddr(2, 1, 0x1000, 0x2000, 0x3000, 0x4000));
    }

    @Test
    void vringDescriptors() throws ProtocolViolation, LinuxException {
        List<OwnedFd> fds = Wire.eventFds(1);
        byte[] payload = Wire.payload().u64(3).bytes();
        try (Request kick = decode(12, payload, fds); Request call = decode(13, payload, fds);
                Request err = decode(14, payload, fds)) {
            assertThat(kick.message()).isEqualTo(new FrontendMessage.SetVringKick(3, fds.getFirst()));
            assertThat(call.message()).isEqualTo(new FrontendMessage.SetVringCall(3, fds.getFirst()));
            assertThat(err.message()).isEqualTo(new FrontendMessage.SetVringErr(3, fds.getFirst()));
        }
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_KICK")
    @Clause("vhost-user, VHOST_USER_SET_VRING_CALL")
    @Clause("vhost-user, VHOST_USER_SET_VRING_ERR")
    @Test
    void bitEightSaysThatNoDescriptorComes() throws ProtocolViolation {
        byte[] payload = Wire.payload().u64(0x102).bytes();
        assertThat(message(12, payload)).isEqualTo(new FrontendMessage.SetVringKick(2, null));
        assertThat(message(13, payload)).isEqualTo(new FrontendMessage.SetVringCall(2, null));
        assertThat(message(14, payload)).isEqualTo(new FrontendMessage.SetVringErr(2, null));
    }

    @Clause("vhost-user, VHOST_USER_SET_MEM_TABLE")
    @Test
    void memoryTableHasDescriptorsInTheOrderOfItsRegions() throws ProtocolViolation, LinuxException {
        byte[] payload = Wire.payload().u32(2).u32(0xdead)
                .raw(Wire.region(0, 0xa0000, 0x7f00_0000_0000L, 0))
                .raw(Wire.region(0x1_0000_0000L, 0x4000_0000, 0x7f10_0000_0000L, 0xc0000)).bytes();
        List<OwnedFd> fds = Wire.eventFds(2);
        try (Request request = decode(5, payload, fds)) {
            assertThat(request.message()).isEqualTo(new FrontendMessage.SetMemTable(List.of(
                    new MemoryRegionDescription(0, 0xa0000, 0x7f00_0000_0000L, 0),
                    new MemoryRegionDescription(0x1_0000_0000L, 0x4000_0000, 0x7f10_0000_0000L, 0xc0000)), fds));
        }
    }

    @Test
    void memoryTableMayBeEmpty() throws ProtocolViolation {
        assertThat(message(5, Wire.payload().u64(0).bytes()))
                .isEqualTo(new FrontendMessage.SetMemTable(List.of(), List.of()));
    }

    @Clause("vhost-user, VHOST_USER_ADD_MEM_REG")
    @Clause("vhost-user, VHOST_USER_REM_MEM_REG")
    @Test
    void singleMemoryRegions() throws ProtocolViolation, LinuxException {
        byte[] payload = Wire.payload().u64(-1).raw(Wire.region(0x1000, 0x2000, 0x3000, 0x4000)).bytes();
        var region = new MemoryRegionDescription(0x1000, 0x2000, 0x3000, 0x4000);
        List<OwnedFd> fds = Wire.eventFds(1);
        try (Request request = decode(37, payload, fds)) {
            assertThat(request.message()).isEqualTo(new FrontendMessage.AddMemReg(region, fds.getFirst()));
        }
        assertThat(message(38, payload)).isEqualTo(new FrontendMessage.RemMemReg(region));
    }

    @Test
    void descriptorThatComesWithRemMemRegIsClosedWithTheRequest() throws ProtocolViolation, LinuxException {
        long before = Wire.openEventFds();
        byte[] payload = Wire.payload().u64(0).raw(Wire.region(0x1000, 0x2000, 0x3000, 0)).bytes();
        decode(38, payload, Wire.eventFds(1)).close();
        assertThat(Wire.openEventFds()).isEqualTo(before);
    }

    @Test
    void backendChannel() throws ProtocolViolation, LinuxException {
        List<OwnedFd> fds = Wire.eventFds(1);
        try (Request request = decode(21, new byte[0], fds)) {
            assertThat(request.message()).isEqualTo(new FrontendMessage.SetBackendReqFd(fds.getFirst()));
        }
    }

    @Clause("vhost-user, Virtio device config space")
    @Test
    void configMessages() throws ProtocolViolation {
        byte[] get = Wire.payload().u32(0xffffffffL).u32(4).u32(1).u32(0x01020304).bytes();
        assertThat(message(24, get)).isEqualTo(new FrontendMessage.GetConfig(0xffffffffL, 4, 1));

        byte[] set = Wire.payload().u32(32).u32(2).u32(0).raw(new byte[] {7, 9}).bytes();
        assertThat(message(25, set)).isInstanceOfSatisfying(FrontendMessage.SetConfig.class, config -> {
            assertThat(config.offset()).isEqualTo(32);
            assertThat(config.liveMigration()).isFalse();
            assertThat(config.contents()).containsExactly(7, 9);
        });
        byte[] migration = Wire.payload().u32(0).u32(0).u32(1).bytes();
        assertThat(message(25, migration)).isInstanceOfSatisfying(FrontendMessage.SetConfig.class,
                config -> assertThat(config.liveMigration()).isTrue());
    }

    @Test
    void configMayBeAsLargeAsTheLargestConfigurationSpace() throws ProtocolViolation {
        byte[] get = Wire.payload().u32(0).u32(256).u32(0).raw(new byte[256]).bytes();
        assertThat(message(24, get)).isEqualTo(new FrontendMessage.GetConfig(0, 256, 0));
    }

    @Test
    void payloadOfAnotherHeaderIsABugOfTheCaller() {
        MessageHeader header = new MessageHeader(2, 1, 8);
        assertThatThrownBy(() -> MessageDecoder.decode(header, new byte[7], List.of(), ALL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] state(long index, long num) {
        return Wire.payload().u32(index).u32(num).bytes();
    }
}
