package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a front-end changes on rings that run, start and stop, over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunningRingTest {
    private static final int SIZE = 32;

    private WireRig<RecordingDevice> rig;
    private FakeFrontend frontend;

    @BeforeEach
    void connect() throws IOException {
        rig = WireRig.serve(new RecordingDevice("rings", 2));
        frontend = rig.connected(0);
    }

    @AfterEach
    void disconnect() throws IOException {
        rig.device().holding(false);
        rig.device().release();
        frontend.close();
        rig.close();
    }

    private void expectIo(FakeDisk disk) throws LinuxException {
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
    }

    private void expectUntouched(FakeDisk disk) {
        int taken = rig.device().taken.get();
        int used = disk.ring().usedIndex();
        disk.ring().forceKick();
        Waiting.aMoment();
        assertThat(rig.device().taken.get()).isEqualTo(taken);
        assertThat(disk.ring().usedIndex()).isEqualTo(used);
    }

    @Test
    @Clause("vhost-user, Ring states")
    void callDescriptorThatComesWhileTheRingRunsIsInUseAtOnce() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        for (int i = 0; i < 50; i++) {
            expectIo(disk);
            OwnedFd old = disk.ring().exchangeCall();
            frontend.set(Code.SET_VRING_CALL, FakeFrontend.vringFd(0), disk.ring().call());
            expectIo(disk);
            old.close();
        }
    }

    @Test
    void requestsUsedWithoutACallDescriptorAreToldWhenOneComes() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        frontend.set(Code.SET_VRING_CALL, FakeFrontend.noVringFd(0));
        disk.submitRead(0, FakeDisk.SECTOR);
        Waiting.until("the request is used", () -> disk.ring().usedIndex() == 1);
        frontend.set(Code.SET_VRING_CALL, FakeFrontend.vringFd(0), disk.ring().call());
        assertThat(Descriptors.awaitReadable(disk.ring().call(), 5000)).isTrue();
        assertThat(disk.await().status()).isZero();
    }

    @Test
    void addressesOfARunningRingMayBeRepeated() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        expectIo(disk);
        frontend.set(Code.SET_VRING_ADDR, FakeFrontend.addresses(disk.ring()));
        expectIo(disk);
    }

    @Test
    void addressesOfARunningRingMayNotMove() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        byte[] moved = FakeFrontend.addresses(disk.ring());
        moved[8] ^= 0x10;
        frontend.send(Code.SET_VRING_ADDR, 9, moved);
        assertThat(frontend.isClosedByPeer()).isTrue();
        rig.awaitDisconnected();
        assertThat(rig.server().counters().violations(Rule.VRING)).isEqualTo(1);
    }

    @Test
    @Clause("vhost-user, Ring states")
    void disabledRingLeavesRequestsUntilItIsEnabled() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        for (int i = 0; i < 20; i++) {
            frontend.enable(0, false);
            disk.submitRead(0, FakeDisk.SECTOR);
            if (i == 0) {
                expectUntouched(disk);
            }
            assertThat(disk.ring().pollUsed()).isNull();
            frontend.enable(0, true);
            assertThat(disk.await().status()).isZero();
        }
    }

    @Test
    @Clause("vhost-user, Ring states")
    void ringThatWasEnabledWhileStoppedIsEnabledWhenItStarts() throws LinuxException {
        frontend.enable(0, true);
        FakeRing ring = frontend.ring(0, SIZE);
        frontend.start(ring, 0);
        expectIo(frontend.disk(ring));
    }

    @Test
    @Clause("vhost-user, Ring states")
    void ringStartsWithSetVringKickWithoutAKick() throws LinuxException {
        FakeRing ring = frontend.ring(0, SIZE);
        FakeDisk disk = frontend.disk(ring);
        ring.quiet(true);
        disk.submitRead(0, FakeDisk.SECTOR);
        frontend.enable(0, true);
        frontend.start(ring, 0);
        assertThat(disk.await().status()).isZero();
    }

    @Test
    void ringWithoutAKickDescriptorIsPolled() throws LinuxException {
        FakeRing ring = frontend.ring(0, SIZE);
        ring.quiet(true);
        frontend.configure(ring, 0);
        frontend.set(Code.SET_VRING_CALL, FakeFrontend.vringFd(0), ring.call());
        frontend.set(Code.SET_VRING_KICK, FakeFrontend.noVringFd(0));
        frontend.enable(0, true);
        FakeDisk disk = frontend.disk(ring);
        for (int i = 0; i < 20; i++) {
            expectIo(disk);
        }
        ring.quiet(false);
        frontend.set(Code.SET_VRING_KICK, FakeFrontend.vringFd(0), ring.kick());
        expectIo(disk);
        frontend.set(Code.SET_VRING_KICK, FakeFrontend.noVringFd(0));
        ring.quiet(true);
        expectIo(disk);
    }

    @Test
    @Clause("vhost-user, Ring states")
    void getVringBaseWaitsForRequestsInFlight() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        expectIo(disk);
        rig.device().holding(true);
        disk.submitRead(0, FakeDisk.SECTOR);
        disk.submitRead(0, FakeDisk.SECTOR);
        Waiting.until("both are in flight", () -> rig.device().heldCount() == 2);
        CompletableFuture<Integer> base = CompletableFuture.supplyAsync(() -> {
            try {
                return frontend.getVringBase(0);
            } catch (LinuxException e) {
                throw new IllegalStateException(e);
            }
        });
        Waiting.aMoment();
        rig.device().releaseOne();
        Waiting.aMoment();
        assertThat(base).isNotDone();
        rig.device().releaseOne();
        assertThat(base.join()).isEqualTo(3);
        assertThat(disk.ring().usedIndex()).as("all were handed back before the reply").isEqualTo(3);
        rig.device().holding(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_530})
    void ringThatIsStartedAgainGoesOnAtItsBase(int begin) throws LinuxException {
        FakeRing ring = frontend.ring(0, SIZE);
        ring.nextAvailable(begin);
        ring.lastUsed(begin);
        frontend.start(ring, begin);
        frontend.enable(0, true);
        FakeDisk disk = frontend.disk(ring);
        int done = 0;
        for (int life = 0; life < 5; life++) {
            for (int i = 0; i < 7; i++) {
                expectIo(disk);
                done++;
            }
            int base = frontend.getVringBase(0);
            assertThat(base).isEqualTo((begin + done) & 0xffff).isEqualTo(ring.nextAvailable());
            disk.submitRead(0, FakeDisk.SECTOR);
            done++;
            expectUntouched(disk);
            frontend.start(ring, base);
            assertThat(disk.await().status()).isZero();
        }
    }

    @Test
    void getVringBaseOfARingThatNeverStartedIsWhatWasSet() throws LinuxException {
        frontend.set(Code.SET_VRING_BASE, FakeFrontend.state(1, 77));
        assertThat(frontend.getVringBase(1)).isEqualTo(77);
    }

    @Test
    @Clause("vhost-user, VHOST_USER_RESET_OWNER")
    void resetOwnerDisablesAllRingsAndLosesNothing() throws LinuxException {
        FakeDisk first = frontend.startDisk(0, SIZE);
        FakeDisk second = frontend.startDisk(1, SIZE);
        expectIo(first);
        frontend.set(Code.RESET_OWNER, new byte[0]);
        first.submitRead(0, FakeDisk.SECTOR);
        second.submitRead(0, FakeDisk.SECTOR);
        expectUntouched(first);
        expectUntouched(second);
        frontend.enable(0, true);
        frontend.enable(1, true);
        assertThat(first.await().status()).isZero();
        assertThat(second.await().status()).isZero();
    }

    @Test
    @Clause("vhost-user, VHOST_USER_SET_FEATURES")
    void featuresWithoutProtocolFeaturesEnableAllRings() throws IOException {
        frontend.close();
        frontend = rig.connect(FakeFrontend.Style.QEMU).negotiateWithoutProtocolFeatures(Code.EVENT_IDX).shareRam();
        for (int i = 0; i < 2; i++) {
            FakeRing ring = frontend.ring(i, SIZE);
            frontend.start(ring, 0);
            expectIo(frontend.disk(ring));
        }
        frontend.send(Code.SET_VRING_ENABLE, 1, FakeFrontend.state(0, 1));
        assertThat(frontend.isClosedByPeer()).as("SET_VRING_ENABLE is not negotiated").isTrue();
    }

    @Test
    void deviceStartsWithTheFirstRingAndStopsWithTheLast() throws LinuxException {
        frontend.startDisk(0, SIZE);
        frontend.startDisk(1, SIZE);
        frontend.getVringBase(0);
        frontend.getVringBase(1);
        assertThat(rig.device().events)
                .containsExactly("start", "open 0", "open 1", "close 0", "close 1", "stop");
    }

    @Test
    @Clause("virtio 1.3, 2.7.10.2")
    void spuriousKicksDoNoHarm() throws LinuxException {
        FakeDisk disk = frontend.startDisk(0, SIZE);
        for (int i = 0; i < 100; i++) {
            disk.ring().forceKick();
            expectIo(disk);
        }
        assertThat(rig.device().taken.get()).isEqualTo(100);
    }

    @Test
    void brokenRingSignalsErrAndTheOtherGoesOn() throws LinuxException {
        FakeDisk broken = frontend.startDisk(0, SIZE);
        FakeDisk sound = frontend.startDisk(1, SIZE);
        broken.ring().offer(SIZE);
        assertThat(Descriptors.awaitReadable(broken.ring().err(), 5000)).isTrue();
        expectIo(sound);
        assertThat(frontend.getVringBase(0)).isZero();
    }
}
