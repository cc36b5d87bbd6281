package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.vhostuser.FakeFrontend.Style;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Front-ends that come and go. */
@LeavesNothing
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrontendLifeTest {
    private static final int SIZE = 16;
    private static final int CYCLES = 300;

    /** One step of a front-end's way, after which it may go away. */
    private interface Step {
        void take(FakeFrontend frontend) throws LinuxException;
    }

    private static final List<Step> STEPS = List.of(
            f -> {
            },
            f -> f.negotiate(Code.EVENT_IDX),
            FakeFrontend::shareRam,
            f -> f.openBackendChannel().close(),
            f -> f.set(Code.SET_VRING_CALL, FakeFrontend.vringFd(0), f.ring(0, SIZE).call()),
            f -> f.set(Code.SET_VRING_ERR, FakeFrontend.vringFd(0), f.ring(0, SIZE).err()),
            f -> f.configure(f.ring(0, SIZE), 0),
            f -> f.set(Code.SET_VRING_KICK, FakeFrontend.vringFd(0), f.ring(0, SIZE).kick()),
            f -> f.startDisk(1, SIZE).submitRead(0, FakeDisk.SECTOR),
            f -> f.enable(0, true),
            f -> f.getVringBase(1),
            f -> f.getVringBase(0));

    @Test
    void frontendThatGoesAwayAtAnyPointLeavesNothing() throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("steps", 2), 2, 0)) {
            ProcessResources listening = ProcessResources.now();
            for (int last = 0; last < STEPS.size(); last++) {
                FakeFrontend frontend = rig.connect(Style.QEMU);
                for (Step step : STEPS.subList(0, last + 1)) {
                    step.take(frontend);
                }
                frontend.close();
                rig.awaitDisconnected();
                listening.expectAgain();
            }
            assertThat(rig.server().counters().connections()).isEqualTo(STEPS.size());
        }
        before.expectAgain();
    }

    @Test
    void frontendThatGoesAwayInsideAMessageLeavesNothing() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("cut", 1))) {
            ProcessResources listening = ProcessResources.now();
            for (int length = 1; length < 12 + 40; length++) {
                FakeFrontend frontend = rig.connected(0);
                byte[] message = Wire.message(Code.ADD_MEM_REG, 9,
                        Wire.payload().u64(0).raw(Wire.region(1L << 40, 4096, 1L << 41, 0)).bytes());
                frontend.sendBytes(Arrays.copyOf(message, length), frontend.ram().file());
                frontend.close();
                rig.awaitDisconnected();
                listening.expectAgain();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void manyFrontendsOneAfterTheOtherLeaveNothing(Style style) throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("cycles", 2), 2, 0)) {
            ProcessResources listening = ProcessResources.now();
            for (int i = 0; i < CYCLES / 2; i++) {
                try (FakeFrontend frontend = rig.connect(style).negotiate(0).shareRam()) {
                    FakeDisk disk = frontend.startDisk(i % 2, SIZE);
                    for (int request = 0; request < 5; request++) {
                        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
                    }
                }
            }
            rig.awaitDisconnected();
            listening.expectAgain();
        }
        before.expectAgain();
    }

    @Test
    void secondFrontendWaitsUntilNothingOfTheFirstIsInFlight() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("queue", 1))) {
            rig.device().holding(true);
            FakeFrontend first = rig.connected(0);
            first.startDisk(0, SIZE).submitRead(0, FakeDisk.SECTOR);
            Waiting.until("it is in flight", () -> rig.device().heldCount() == 1);
            try (FakeFrontend second = rig.connect(Style.LIBBLKIO)) {
                second.send(Code.GET_FEATURES, 1, new byte[0]);
                assertThat(isAnswered(second.socket(), 60)).as("while the first is there").isFalse();
                first.close();
                assertThat(isAnswered(second.socket(), 60)).as("while its request is in flight").isFalse();
                rig.device().holding(false);
                rig.device().release();
                assertThat(second.receive().code()).isEqualTo(Code.GET_FEATURES);
                assertThat(second.negotiate(0).shareRam().startDisk(0, SIZE).read(0, 512).status()).isZero();
            }
        }
    }

    private static boolean isAnswered(UnixSocket socket, int millis) {
        return Descriptors.awaitReadable(socket.fd(), millis);
    }

    @Test
    void serverThatEndsWaitsForRequestsInFlightAndDisconnects() throws IOException {
        RecordingDevice device = new RecordingDevice("ends", 1);
        WireRig<RecordingDevice> rig = WireRig.serve(device);
        FakeFrontend frontend = rig.connected(0);
        FakeDisk disk = frontend.startDisk(0, SIZE);
        device.holding(true);
        disk.submitRead(0, FakeDisk.SECTOR);
        Waiting.until("it is in flight", () -> device.heldCount() == 1);
        Thread closing = Thread.ofPlatform().start(rig.server()::close);
        Waiting.aMoment();
        assertThat(rig.server().state()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(closing.isAlive()).isTrue();
        assertThat(isAnswered(frontend.socket(), 60)).as("the front-end sees the end before its used index is final")
                .isFalse();
        device.release();
        Waiting.until("it has ended", () -> rig.server().state() == ConnectionState.ENDED);
        assertThat(disk.ring().usedIndex()).as("what was in flight was handed back").isOne();
        assertThat(frontend.isClosedByPeer()).isTrue();
        assertThat(device.events).containsExactly("start", "open 0", "close 0", "stop");
        assertThat(rig.socket()).doesNotExist();
        frontend.close();
        rig.close();
    }
}
