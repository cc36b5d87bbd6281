package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.FakeFrontend.Style;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The region in which a front-end keeps what its back-end has in hand, over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InflightClausesTest {
    private static final int QUEUES = 2;
    private static final int SIZE = 8;
    /** Header and eight entries, 16 bytes each, in units of 64. */
    private static final int QUEUE_BYTES = 192;
    /** A header and 1024 entries likewise: what each queue has besides, for rings that are larger than asked for. */
    private static final int SPARE_BYTES = 16448;

    private static final int REGION_BYTES = QUEUES * (QUEUE_BYTES + SPARE_BYTES);
    private static final int ANSWER_BYTES = 16;
    private static final long ANSWERS = 16 << 20;

    private static WireRig<RecordingDevice> serve() throws IOException {
        return WireRig.serve(new RecordingDevice("inflight", QUEUES));
    }

    /** A chain of one descriptor that the device fills. */
    private static void describeChain(FakeFrontend frontend, FakeRing ring, int head) {
        ring.descriptor(head, frontend.ram().guest(ANSWERS + (long) head * ANSWER_BYTES), ANSWER_BYTES, FakeRing.WRITE,
                0);
    }

    private static void offer(FakeFrontend frontend, FakeRing ring, int head) {
        describeChain(frontend, ring, head);
        ring.offer(head);
    }

    @Clause("vhost-user, VHOST_USER_GET_INFLIGHT_FD")
    @Clause("vhost-user, Inflight description")
    @ParameterizedTest
    @ValueSource(ints = {20, 24})
    void regionIsZeroesForAsManyQueuesAsWereAskedFor(int payloadBytes) throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, payloadBytes)) {
            assertThat(region.description().getLong(0)).as("mmap size").isEqualTo(REGION_BYTES)
                    .isEqualTo(region.sizeBytes());
            assertThat(region.description().getLong(8)).as("mmap offset").isZero();
            assertThat(region.description().getShort(16)).as("queues").isEqualTo((short) QUEUES);
            assertThat(region.description().getShort(18)).as("queue size").isEqualTo((short) SIZE);
            assertThat(region.isZero(REGION_BYTES)).isTrue();
            assertThatThrownBy(() -> MemFd.resize(region.file(), 0)).as("nobody takes it away")
                    .isInstanceOf(LinuxException.class);
        }
    }

    @Clause("vhost-user, VHOST_USER_GET_INFLIGHT_FD")
    @Test
    void everyRegionIsANewOne() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight first = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            first.begin(SIZE);
            try (FakeInflight second = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
                assertThat(second.isZero(REGION_BYTES)).isTrue();
            }
        }
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void requestIsMarkedFromItsTakingUntilTheDriverHasItBack() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            region.set(frontend);
            rig.device().holding(true);
            FakeRing ring = frontend.ring(0, SIZE);
            frontend.start(ring, 0);
            frontend.enable(0, true);
            offer(frontend, ring, 3);
            Waiting.until("it is in flight", () -> rig.device().heldCount() == 1);
            assertThat(region.isMarked(3)).isTrue();
            assertThat(region.usedIndex()).isZero();

            rig.device().release();

            assertThat(ring.awaitUsed().head()).isEqualTo(3);
            frontend.getVringBase(0);
            assertThat(region.isMarked(3)).isFalse();
            assertThat(region.usedIndex()).isOne();
        }
    }

    @Clause("vhost-user, Inflight description")
    @Test
    void ringThatIsLargerThanAskedForIsWrittenDownInItsSparePart() throws IOException {
        int ringSize = 4 * SIZE;
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            FakeInflight.Part spare = region.part((long) QUEUES * QUEUE_BYTES);
            spare.begin(1024);
            spare.mark(30, 1);
            region.set(frontend);
            FakeRing ring = frontend.ring(0, ringSize);
            offer(frontend, ring, 30); // taken by a predecessor
            offer(frontend, ring, 3);
            frontend.start(ring, 0);
            frontend.enable(0, true);

            assertThat(List.of(ring.awaitUsed().head(), ring.awaitUsed().head())).containsExactly(30, 3);
            frontend.getVringBase(0);
            assertThat(spare.isMarked(30)).isFalse();
            assertThat(spare.usedIndex()).isEqualTo(2);
            assertThat(region.isZero(QUEUE_BYTES)).isTrue();
        }
    }

    @Test
    void partOfARingThatIsNoMoreIsEmptied() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            region.begin(SIZE);
            region.mark(1, 1);
            region.set(frontend);

            assertThat(frontend.startDisk(0, 4 * SIZE).read(0, FakeDisk.SECTOR).status()).isZero();

            assertThat(region.isZero(QUEUE_BYTES)).isTrue();
        }
    }

    @Test
    void ringThatIsLargerThanAnyPartIsServedWithout() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            region.set(frontend);
            FakeRing ring = frontend.ring(0, 2048);
            frontend.start(ring, 0);
            frontend.enable(0, true);
            offer(frontend, ring, 3);

            assertThat(ring.awaitUsed().head()).isEqualTo(3);
            assertThat(region.isZero(REGION_BYTES)).isTrue();
        }
    }

    @Test
    void ringThatIsLargerThanARegionWithoutSparePartsIsServedWithout() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            frontend.set(Code.SET_INFLIGHT_FD, FakeInflight.describe(QUEUES * QUEUE_BYTES, QUEUES, SIZE, 24),
                    region.file());
            FakeRing ring = frontend.ring(0, 2 * SIZE);
            frontend.start(ring, 0);
            frontend.enable(0, true);
            offer(frontend, ring, 3);

            assertThat(ring.awaitUsed().head()).isEqualTo(3);
            assertThat(region.isZero(REGION_BYTES)).isTrue();
        }
    }

    @Clause("vhost-user, VHOST_USER_SET_INFLIGHT_FD")
    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void whatAPredecessorLeftIsTakenFirstAndInItsOrder() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            region.begin(SIZE);
            region.mark(1, 12);
            region.mark(2, 11);
            region.set(frontend);
            FakeRing ring = frontend.ring(0, SIZE);
            ring.quiet(true);
            for (int head : new int[] {2, 1, 5}) { // taken before: 2 and 1; not yet: 5
                offer(frontend, ring, head);
            }
            frontend.start(ring, 0); // QEMU's base: the used index, which is all it knows
            frontend.enable(0, true);

            List<Integer> heads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                heads.add(ring.awaitUsed().head());
            }

            assertThat(heads).containsExactly(2, 1, 5);
            assertThat(frontend.getVringBase(0)).isEqualTo(3);
            assertThat(region.isMarked(1) || region.isMarked(2) || region.isMarked(5)).isFalse();
        }
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void queuesBeyondTheRegionAreServedUntracked() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, 1, SIZE, 24)) {
            region.set(frontend);
            assertThat(frontend.startDisk(1, SIZE).read(0, FakeDisk.SECTOR).status()).isZero();
            assertThat(region.isZero(QUEUE_BYTES)).isTrue();
        }
    }

    @Clause("vhost-user, VHOST_USER_SET_INFLIGHT_FD")
    @Test
    void regionIsRefusedWhileARingRuns() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                FakeInflight region = FakeInflight.get(frontend, QUEUES, SIZE, 24)) {
            frontend.startDisk(0, SIZE);
            expectRefused(rig, frontend, Rule.VRING, region.description().array(), region.file());
        }
    }

    @Clause("vhost-user, VHOST_USER_SET_INFLIGHT_FD")
    @ParameterizedTest
    @CsvSource({
        "383, 2, 8, INFLIGHT",
        "384, 3, 8, INFLIGHT",
        "384, 0, 8, INFLIGHT",
        "384, 2, 7, QUEUE_SIZE",
        "8192, 2, 8, MEMORY_REGION",
    })
    void regionThatDoesNotFitIsRefused(long bytes, int queues, int queueSize, Rule rule) throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend frontend = rig.connected(0);
                OwnedFd file = MemFd.create("isthmus-test-inflight", 4096)) {
            expectRefused(rig, frontend, rule, FakeInflight.describe(bytes, queues, queueSize, 24), file);
        }
    }

    private static void expectRefused(WireRig<RecordingDevice> rig, FakeFrontend frontend, Rule rule,
            byte[] description, OwnedFd file) throws LinuxException {
        frontend.send(Code.SET_INFLIGHT_FD, 9, description, file);
        assertThat(frontend.isClosedByPeer()).isTrue();
        rig.awaitDisconnected();
        assertThat(rig.server().counters().violations(rule)).isOne();
    }

    @Clause("vhost-user, VHOST_USER_SET_INFLIGHT_FD")
    @Test
    void regionOutlivesTheConnectionInTheFrontendsHands() throws IOException {
        try (WireRig<RecordingDevice> rig = serve(); FakeFrontend first = rig.connected(0);
                FakeInflight region = FakeInflight.get(first, QUEUES, SIZE, 24)) {
            region.set(first);
            assertThat(first.startDisk(0, SIZE).read(0, FakeDisk.SECTOR).status()).isZero();
            first.socket().shutdown();
            try (FakeFrontend second = rig.connect(Style.QEMU).negotiate(0).shareRam()) {
                region.set(second);
                assertThat(second.startDisk(0, SIZE).read(0, FakeDisk.SECTOR).status()).isZero();
            }
        }
    }
}
