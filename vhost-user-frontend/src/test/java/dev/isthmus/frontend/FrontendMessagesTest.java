package dev.isthmus.frontend;

import static dev.isthmus.frontend.FakeBackend.ADD_MEM_REG;
import static dev.isthmus.frontend.FakeBackend.BACKEND_REQ;
import static dev.isthmus.frontend.FakeBackend.CONFIG;
import static dev.isthmus.frontend.FakeBackend.CONFIGURE_MEM_SLOTS;
import static dev.isthmus.frontend.FakeBackend.GET_CONFIG;
import static dev.isthmus.frontend.FakeBackend.GET_FEATURES;
import static dev.isthmus.frontend.FakeBackend.GET_PROTOCOL_FEATURES;
import static dev.isthmus.frontend.FakeBackend.GET_QUEUE_NUM;
import static dev.isthmus.frontend.FakeBackend.GET_VRING_BASE;
import static dev.isthmus.frontend.FakeBackend.MQ;
import static dev.isthmus.frontend.FakeBackend.NEED_REPLY;
import static dev.isthmus.frontend.FakeBackend.NO_REPLY_NEEDED;
import static dev.isthmus.frontend.FakeBackend.PROTOCOL_FEATURES;
import static dev.isthmus.frontend.FakeBackend.REPLY_ACK;
import static dev.isthmus.frontend.FakeBackend.SET_CONFIG;
import static dev.isthmus.frontend.FakeBackend.SET_FEATURES;
import static dev.isthmus.frontend.FakeBackend.SET_MEM_TABLE;
import static dev.isthmus.frontend.FakeBackend.SET_OWNER;
import static dev.isthmus.frontend.FakeBackend.SET_PROTOCOL_FEATURES;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_ADDR;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_BASE;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_CALL;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_ENABLE;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_ERR;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_KICK;
import static dev.isthmus.frontend.FakeBackend.SET_VRING_NUM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.FakeBackend.Message;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a front-end sends, byte by byte. */
class FrontendMessagesTest {
    private static final long VERSION_1 = 1L << 32;
    private static final long EVENT_IDX = 1L << 29;

    private ProcessResources before;
    private FakeBackend backend;

    @BeforeEach
    void open() throws LinuxException {
        before = ProcessResources.now();
        backend = new FakeBackend();
    }

    @AfterEach
    void nothingIsLeft() {
        backend.close();
        before.expectAgain();
    }

    @Test
    void introducesItselfAndNegotiatesOnlyWhatBothKnow() throws IOException {
        backend.replyU64(GET_FEATURES, VERSION_1 | EVENT_IDX | PROTOCOL_FEATURES | 1 << 7);
        backend.replyU64(GET_PROTOCOL_FEATURES, -1);
        backend.replyU64(SET_OWNER, 0);
        backend.replyU64(GET_QUEUE_NUM, 3);
        backend.replyU64(SET_FEATURES, 0);
        try (Frontend frontend = Frontend.over(backend.there(), Duration.ofSeconds(20))) {
            assertThat(frontend.offeredFeatures()).isEqualTo(VERSION_1 | EVENT_IDX | 1 << 7);
            assertThat(frontend.queueCount()).isEqualTo(3);
            assertThat(frontend.negotiate(VERSION_1 | 1 << 9)).isEqualTo(VERSION_1);
        }
        expect(GET_FEATURES, NO_REPLY_NEEDED, 0);
        expect(GET_PROTOCOL_FEATURES, NO_REPLY_NEEDED, 0);
        Message protocolFeatures = expect(SET_PROTOCOL_FEATURES, NO_REPLY_NEEDED, 0);
        assertThat(protocolFeatures.u64(0)).isEqualTo(MQ | REPLY_ACK | BACKEND_REQ | CONFIG | CONFIGURE_MEM_SLOTS);
        expect(SET_OWNER, NEED_REPLY, 0);
        expect(GET_QUEUE_NUM, NO_REPLY_NEEDED, 0);
        assertThat(expect(SET_FEATURES, NEED_REPLY, 0).u64(0)).isEqualTo(VERSION_1 | PROTOCOL_FEATURES);
    }

    @Test
    void asksNoProtocolFeaturesOfABackendThatHasNone() throws IOException {
        backend.replyU64(GET_FEATURES, VERSION_1);
        try (Frontend frontend = Frontend.over(backend.there(), Duration.ofSeconds(20))) {
            assertThat(frontend.queueCount()).isEqualTo(1);
            frontend.negotiate(VERSION_1);
        }
        expect(GET_FEATURES, NO_REPLY_NEEDED, 0);
        expect(SET_OWNER, NO_REPLY_NEEDED, 0);
        assertThat(expect(SET_FEATURES, NO_REPLY_NEEDED, 0).u64(0)).isEqualTo(VERSION_1);
    }

    @Test
    void queuesBeyondTheLastIndexAreNotThere() throws IOException {
        backend.replyU64(GET_FEATURES, PROTOCOL_FEATURES);
        backend.replyU64(GET_PROTOCOL_FEATURES, MQ);
        backend.replyU64(GET_QUEUE_NUM, -1);
        try (Frontend frontend = Frontend.over(backend.there(), Duration.ofSeconds(20))) {
            assertThat(frontend.queueCount()).isEqualTo(256);
        }
    }

    @Test
    void addsRegionsOneByOneWhereItMay() throws IOException {
        try (Frontend frontend = backend.connect(VERSION_1, REPLY_ACK | CONFIGURE_MEM_SLOTS);
                SharedMemory region = SharedMemory.allocate(8192, 0x10_0000)) {
            backend.replyU64(ADD_MEM_REG, 0);

            frontend.share(region);

            Message message = expect(ADD_MEM_REG, NEED_REPLY, 1);
            assertThat(message.payload()).hasSize(40);
            assertThat(message.u64(0)).isZero();
            expectRegion(message, 8, region);
        }
    }

    @Test
    void sendsTheWholeTableOtherwise() throws IOException {
        try (Frontend frontend = backend.connect(VERSION_1, 0);
                SharedMemory first = SharedMemory.allocate(8192, 0x10_0000);
                SharedMemory second = SharedMemory.allocate(4096)) {
            backend.replyU64(GET_FEATURES, VERSION_1);
            backend.replyU64(GET_FEATURES, VERSION_1);

            frontend.share(first);
            frontend.share(second);

            assertThat(expect(SET_MEM_TABLE, NO_REPLY_NEEDED, 1).payload()).hasSize(40);
            expect(GET_FEATURES, NO_REPLY_NEEDED, 0);
            Message message = expect(SET_MEM_TABLE, NO_REPLY_NEEDED, 2);
            assertThat(message.payload()).hasSize(72);
            assertThat(message.u32(0)).isEqualTo(2);
            assertThat(message.u32(4)).isZero();
            expectRegion(message, 8, first);
            expectRegion(message, 40, second);
        }
    }

    private static void expectRegion(Message message, int at, SharedMemory region) {
        assertThat(message.u64(at)).as("guest address").isEqualTo(region.guestAddress());
        assertThat(message.u64(at + 8)).as("size").isEqualTo(region.sizeBytes());
        assertThat(message.u64(at + 16)).as("user address").isEqualTo(region.userAddress());
        assertThat(message.u64(at + 24)).as("mmap offset").isZero();
    }

    @Test
    void startsAndStopsAVring() throws IOException {
        try (Frontend frontend = backend.connect(VERSION_1, 0);
                SharedMemory memory = SharedMemory.allocate(1 << 16);
                OwnedFd call = EventFd.create()) {
            SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 64, VERSION_1, 65530, 0);
            backend.replyU64(GET_FEATURES, VERSION_1);
            backend.reply(GET_VRING_BASE, FakeBackend.payload(8).putInt(2).putInt(65535).array());

            try (FrontendVring vring = frontend.start(2, queue, call)) {
                assertThat(vring.index()).isEqualTo(2);
                assertThat(vring.stop()).isEqualTo(65535);
            }

            expectState(SET_VRING_NUM, 2, 64);
            expectState(SET_VRING_BASE, 2, 65530);
            Message addresses = expect(SET_VRING_ADDR, NO_REPLY_NEEDED, 0);
            assertThat(addresses.payload()).hasSize(40);
            assertThat(addresses.u32(0)).isEqualTo(2);
            assertThat(addresses.u32(4)).as("flags").isZero();
            assertThat(addresses.u64(8)).isEqualTo(queue.descriptorTable());
            assertThat(addresses.u64(16)).isEqualTo(queue.usedRing());
            assertThat(addresses.u64(24)).isEqualTo(queue.availableRing());
            assertThat(addresses.u64(32)).as("log").isZero();
            assertThat(expect(SET_VRING_ERR, NO_REPLY_NEEDED, 1).u64(0)).isEqualTo(2);
            assertThat(expect(SET_VRING_CALL, NO_REPLY_NEEDED, 1).u64(0)).isEqualTo(2);
            assertThat(expect(SET_VRING_KICK, NO_REPLY_NEEDED, 1).u64(0)).isEqualTo(2);
            expectState(SET_VRING_ENABLE, 2, 1);
            expect(GET_FEATURES, NO_REPLY_NEEDED, 0);
            expectState(GET_VRING_BASE, 2, 0);
        }
    }

    private void expectState(int code, int index, int num) throws LinuxException {
        Message message = expect(code, NO_REPLY_NEEDED, 0);
        assertThat(message.payload()).hasSize(8);
        assertThat(message.u32(0)).isEqualTo(index);
        assertThat(message.u32(4)).isEqualTo(num);
    }

    @Test
    void readsAndWritesTheConfigurationSpace() throws IOException {
        try (Frontend frontend = backend.connect(VERSION_1, CONFIG)) {
            backend.reply(GET_CONFIG, FakeBackend.payload(15).putInt(8).putInt(3).putInt(0)
                    .put(new byte[] {7, 8, 9}).array());

            assertThat(frontend.configuration(8, 3)).containsExactly(7, 8, 9);
            frontend.writeConfiguration(32, new byte[] {1});

            Message get = expect(GET_CONFIG, NO_REPLY_NEEDED, 0);
            assertThat(get.payload()).hasSize(15);
            assertThat(get.u32(0)).isEqualTo(8);
            assertThat(get.u32(4)).isEqualTo(3);
            assertThat(get.u32(8)).isZero();
            Message set = expect(SET_CONFIG, NO_REPLY_NEEDED, 0);
            assertThat(set.payload()).containsExactly(32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        }
    }

    /** As the sender's flags say version 1 with or without need_reply, nothing else can be in them. */
    private Message expect(int code, int flags, int descriptors) throws LinuxException {
        Message message = backend.next();
        assertThat(message.code()).isEqualTo(code);
        assertThat(message.flags()).isEqualTo(flags);
        assertThat(message.descriptors()).isEqualTo(descriptors);
        return message;
    }
}
