package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every rule of the decoder, broken by a message that is right otherwise; each says what was wrong and leaks no
 * descriptor.
 */
class ProtocolRulesTest {
    private static final Negotiated ALL = Sessions.everythingNegotiated(4);

    private long eventFdsBefore;

    @BeforeEach
    void countDescriptors() {
        eventFdsBefore = Wire.openEventFds();
    }

    @AfterEach
    void noDescriptorIsLeaked() {
        assertThat(Wire.openEventFds()).isEqualTo(eventFdsBefore);
    }

    private static void refused(Rule rule, String sentence, byte[] message, int fds, Negotiated negotiated) {
        ScriptedSource source = new ScriptedSource();
        try {
            source.add(message, Wire.eventFds(fds));
        } catch (LinuxException e) {
            throw new AssertionError(e);
        }
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> new MessageReader(source).read(negotiated))
                .withMessage(sentence)
                .satisfies(violation -> assertThat(violation.rule()).isEqualTo(rule));
    }

    private static void refused(Rule rule, String sentence, int code, byte[] payload, int fds) {
        refused(rule, sentence, Wire.message(code, 1, payload), fds, ALL);
    }

    private static byte[] state(long index, long num) {
        return Wire.payload().u32(index).u32(num).bytes();
    }

    @Clause("vhost-user, Header")
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void versionIsOne(int version) {
        refused(Rule.VERSION, "GET_FEATURES (1) with version " + version + ", must be 1",
                Wire.message(1, version, new byte[0]), 0, ALL);
    }

    @Clause("vhost-user, Header")
    @ParameterizedTest
    @CsvSource({"0x10", "0x80000000"})
    void reservedFlagsAreZero(String reserved) {
        int flags = Long.decode(reserved).intValue();
        refused(Rule.RESERVED_FLAGS, "GET_FEATURES (1) with reserved flags " + reserved + ", must be 0",
                Wire.message(1, 1 | flags, new byte[0]), 0, ALL);
    }

    @Clause("vhost-user, Header")
    @Test
    void requestHasNoReplyFlag() {
        refused(Rule.REPLY_FLAG, "GET_FEATURES (1) with the reply flag set in a request",
                Wire.message(1, 1 | Wire.REPLY, new byte[0]), 0, ALL);
    }

    @ParameterizedTest
    @ValueSource(longs = {269, 0xffffffffL})
    void payloadIsNotLargerThanAnyMessage(long size) {
        refused(Rule.PAYLOAD_LIMIT,
                "SET_CONFIG (25) with a payload of " + size + " bytes, no message has more than 268",
                Wire.payload().u32(25).u32(1).u32(size).bytes(), 2, ALL);
    }

    @ParameterizedTest
    @CsvSource({
        "0,  request 0",
        "6,  SET_LOG_BASE (6)",
        "26, CREATE_CRYPTO_SESSION (26)",
        "46, request 46",
        "4294967295, request 4294967295"})
    void codeIsThatOfAnOfferedRequest(long code, String name) {
        refused(Rule.UNKNOWN_REQUEST, name + " is not a request of a feature that was offered",
                Wire.message((int) code, 1, new byte[0]), 1, ALL);
    }

    @Clause("vhost-user, Communication")
    @ParameterizedTest
    @CsvSource({
        "17, MQ",
        "21, BACKEND_REQ",
        "24, CONFIG",
        "25, CONFIG",
        "31, INFLIGHT_SHMFD",
        "32, INFLIGHT_SHMFD",
        "36, CONFIGURE_MEM_SLOTS",
        "37, CONFIGURE_MEM_SLOTS",
        "38, CONFIGURE_MEM_SLOTS"})
    void requestOfAProtocolFeatureNeedsThatFeature(int code, ProtocolFeature feature) {
        Negotiated without = ALL.withProtocolFeatures(~feature.mask());
        refused(Rule.NOT_NEGOTIATED, FrontendRequest.of(code) + " needs VHOST_USER_PROTOCOL_F_" + feature
                + ", which SET_PROTOCOL_FEATURES did not accept", Wire.message(code, 1, new byte[0]), 1, without);
    }

    @Clause("vhost-user, VHOST_USER_GET_PROTOCOL_FEATURES")
    @Clause("vhost-user, VHOST_USER_SET_PROTOCOL_FEATURES")
    @Test
    void protocolFeaturesAreNegotiatedOnlyIfOffered() {
        Negotiated old = Negotiated.nothing(1L << 32, 4);
        String missing = " needs VHOST_USER_F_PROTOCOL_FEATURES, which is not offered";
        refused(Rule.NOT_NEGOTIATED, "GET_PROTOCOL_FEATURES" + missing, Wire.message(15, 1, new byte[0]), 0, old);
        refused(Rule.NOT_NEGOTIATED, "SET_PROTOCOL_FEATURES" + missing, Wire.message(16, 1, new byte[8]), 0, old);
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_ENABLE")
    @Test
    void ringsAreNotEnabledAfterProtocolFeaturesWereDeclined() {
        refused(Rule.NOT_NEGOTIATED,
                "SET_VRING_ENABLE needs VHOST_USER_F_PROTOCOL_FEATURES, which is not negotiated",
                Wire.message(18, 1, state(0, 1)), 0, ALL.withFeatures(1L << 32));
    }

    @Clause("vhost-user, VHOST_USER_GET_PROTOCOL_FEATURES")
    @Test
    void protocolFeaturesMayBeNegotiatedBeforeSetFeatures() throws ProtocolViolation {
        Negotiated fresh = Negotiated.nothing(Sessions.OFFERED, 4);
        for (int code : new int[] {15, 16, 18}) {
            byte[] payload = new byte[code == 15 ? 0 : 8];
            MessageHeader header = new MessageHeader(code, 1, payload.length);
            assertThat(MessageDecoder.decode(header, payload, List.of(), fresh).kind().code()).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "2, 0, 8", "2, 4, 8", "2, 16, 8",
        "5, 7, 8 to 264 in steps of 32", "5, 39, 8 to 264 in steps of 32",
        "8, 4, 8",
        "9, 39, 40", "9, 41, 40",
        "12, 0, 8",
        "21, 8, 0",
        "24, 11, 12 to 268",
        "37, 32, 40",
        "38, 48, 40"})
    void payloadHasTheSizeOfItsRequest(int code, int size, String legal) {
        refused(Rule.PAYLOAD_SIZE,
                FrontendRequest.of(code) + " with a payload of " + size + " bytes, must be " + legal,
                code, new byte[size], 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 0", "2, 8, 1, 0", "12, 8, 2, 0 to 1", "21, 0, 0, 1", "21, 0, 2, 1", "37, 40, 0, 1",
        "38, 40, 2, 0 to 1"})
    void descriptorsAreAsManyAsTheRequestHas(int code, int size, int fds, String legal) {
        refused(Rule.DESCRIPTOR_COUNT, FrontendRequest.of(code) + " with " + fds + " descriptors, must be " + legal,
                code, new byte[size], fds);
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_KICK")
    @ParameterizedTest
    @CsvSource({"12, SET_VRING_KICK", "13, SET_VRING_CALL", "14, SET_VRING_ERR"})
    void vringDescriptorComesExactlyIfBitEightIsClear(int code, String name) {
        refused(Rule.DESCRIPTOR_COUNT, name + " with 0 descriptors though bit 8 says one comes",
                code, Wire.payload().u64(0).bytes(), 0);
        refused(Rule.DESCRIPTOR_COUNT, name + " with 1 descriptors though bit 8 says none comes",
                code, Wire.payload().u64(0x100).bytes(), 1);
    }

    @Test
    void vringDescriptorPayloadHasNoOtherBits() {
        refused(Rule.VRING_FD_FLAGS, "SET_VRING_CALL with unknown bits 0x8000000000000200",
                13, Wire.payload().u64(0x8000_0000_0000_0201L).bytes(), 1);
    }

    @ParameterizedTest
    @CsvSource({"8, SET_VRING_NUM", "10, SET_VRING_BASE", "11, GET_VRING_BASE", "18, SET_VRING_ENABLE"})
    void indexIsBelowTheNumberOfQueues(int code, String name) {
        refused(Rule.QUEUE_INDEX, name + " for queue 4 of a device with 4", code, state(4, 1), 0);
        refused(Rule.QUEUE_INDEX, name + " for queue 4294967295 of a device with 4", code, state(0xffffffffL, 1), 0);
    }

    @Test
    void indexOfRingAddressesAndDescriptorsIsBelowTheNumberOfQueues() {
        refused(Rule.QUEUE_INDEX, "SET_VRING_ADDR for queue 4 of a device with 4",
                9, Wire.payload().u64(4).u64(0).u64(0).u64(0).u64(0).bytes(), 0);
        refused(Rule.QUEUE_INDEX, "SET_VRING_KICK for queue 255 of a device with 4",
                12, Wire.payload().u64(255).bytes(), 1);
    }

    @Clause("virtio 1.3, 2.7")
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 255, 32767, 65536, 0x80000000L, 0xffffffffL})
    void queueSizeIsAPowerOfTwoUpTo32768(long size) {
        refused(Rule.QUEUE_SIZE, "SET_VRING_NUM of " + size + " entries, must be a power of two up to 32768",
                8, state(0, size), 0);
    }

    @Clause("vhost-user, A vring descriptor index for split virtqueues")
    @ParameterizedTest
    @ValueSource(longs = {65536, 0xffffffffL})
    void baseHasSixteenBits(long base) {
        refused(Rule.VRING_BASE, "SET_VRING_BASE to " + base + ", must be at most 65535", 10, state(0, base), 0);
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_ENABLE")
    @ParameterizedTest
    @ValueSource(longs = {2, 0xffffffffL})
    void enableIsZeroOrOne(long num) {
        refused(Rule.VRING_ENABLE, "SET_VRING_ENABLE with " + num + ", must be 0 or 1", 18, state(0, num), 0);
    }

    @Test
    void ringAddressesHaveOneFlag() {
        refused(Rule.VRING_ADDR_FLAGS, "SET_VRING_ADDR for queue 1 with flags 0x2, must be 0 or 1",
                9, Wire.payload().u32(1).u32(2).u64(0).u64(0).u64(0).u64(0).bytes(), 0);
    }

    @Clause("vhost-user, Multiple Memory regions description")
    @ParameterizedTest
    @ValueSource(longs = {0, 2, 9, 0xffffffffL})
    void memoryTableHoldsAsManyRegionsAsItSays(long count) {
        refused(Rule.REGION_COUNT, "SET_MEM_TABLE of " + count + " regions in a payload of 40 bytes",
                5, Wire.payload().u32(count).u32(0).raw(new byte[32]).bytes(), 1);
    }

    @Clause("vhost-user, VHOST_USER_SET_MEM_TABLE")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void memoryTableComesWithADescriptorForEachRegion(int fds) {
        refused(Rule.DESCRIPTOR_COUNT, "SET_MEM_TABLE of 2 regions with " + fds + " descriptors",
                5, Wire.payload().u64(2).raw(new byte[64]).bytes(), fds);
    }

    @Clause("vhost-user, Virtio device config space")
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 5, 257, 0xfffffff4L, 0xffffffffL})
    void configSizeIsThatOfTheContents(long size) {
        byte[] payload = Wire.payload().u32(0).u32(size).u32(0).raw(new byte[4]).bytes();
        String sentence = " of " + size + " bytes in a payload with room for 4";
        refused(Rule.CONFIG_SIZE, "GET_CONFIG" + sentence, 24, payload, 0);
        refused(Rule.CONFIG_SIZE, "SET_CONFIG" + sentence, 25, payload, 0);
    }

    @Clause("vhost-user, VHOST_USER_SET_CONFIG")
    @ParameterizedTest
    @CsvSource({"0x2", "0xffffffff"})
    void flagsOfSetConfigAreZeroOrOne(String flags) {
        refused(Rule.CONFIG_FLAGS, "SET_CONFIG with flags " + flags + ", must be 0 or 1",
                25, Wire.payload().u32(0).u32(0).u32(Long.decode(flags)).bytes(), 0);
    }

    @Clause("vhost-user, Communication")
    @Test
    void descriptorsComeWithTheFirstByteOfTheHeader() throws LinuxException {
        byte[] message = Wire.message(12, 1, new byte[8]);
        for (int cut = 1; cut < message.length; cut++) {
            ScriptedSource source = new ScriptedSource();
            source.add(Arrays.copyOf(message, cut), List.of());
            List<OwnedFd> fds = Wire.eventFds(1);
            source.add(Arrays.copyOfRange(message, cut, message.length), fds);
            assertThatExceptionOfType(ProtocolViolation.class).isThrownBy(() -> new MessageReader(source).read(ALL))
                    .withMessage("1 descriptors after the first bytes of a header")
                    .satisfies(violation -> assertThat(violation.rule()).isEqualTo(Rule.DESCRIPTORS_LATE));
        }
    }

    @Test
    void messageIsWhole() {
        refused(Rule.TRUNCATED, "the connection ended after 11 of 12 bytes of a header", new byte[11], 3, ALL);
        refused(Rule.TRUNCATED, "the connection ended after 0 of 8 bytes of a payload",
                Wire.payload().u32(2).u32(1).u32(8).bytes(), 1, ALL);
        refused(Rule.TRUNCATED, "the connection ended after 7 of 8 bytes of a payload",
                Wire.payload().u32(2).u32(1).u32(8).raw(new byte[7]).bytes(), 1, ALL);
    }
}
