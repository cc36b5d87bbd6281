package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.FakeFrontend.Style;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory that comes and goes while rings run, over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunningMemoryTest {
    private static final long MORE_GUEST = 0x1_0000_0000L;
    private static final long MORE_USER = 0x7e00_0000_0000L;
    private static final int PAGE = 4096;
    private static final int SLOTS = 64;

    private final List<AutoCloseable> resources = new ArrayList<>();
    private WireRig<RecordingDevice> rig;
    private FakeFrontend frontend;
    private FakeDisk disk;

    private void start(Style style) throws IOException {
        rig = WireRig.serve(new RecordingDevice("memory", 1));
        frontend = rig.connect(style).negotiate(Code.EVENT_IDX).shareRam();
        disk = frontend.startDisk(0, 64);
    }

    @AfterEach
    void stop() throws Exception {
        rig.device().holding(false);
        rig.device().release();
        frontend.close();
        rig.close();
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    private SharedRam region(int number, long bytes) throws LinuxException {
        SharedRam ram = SharedRam.allocate(MORE_GUEST + number * bytes, MORE_USER + 2L * number * bytes, bytes);
        resources.add(ram);
        return ram;
    }

    private FakeDisk.Answer readInto(long guestAddress, int bytes) throws LinuxException {
        disk.submitAt(FakeDisk.IN, 0, bytes, guestAddress);
        return disk.await();
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    @Clause("vhost-user, VHOST_USER_ADD_MEM_REG")
    void regionIsUsedOnceItIsAddedAndNotAfterItIsRemoved(Style style) throws IOException {
        start(style);
        SharedRam more = region(0, 16 * PAGE);
        for (int i = 0; i < 20; i++) {
            assertThat(readInto(more.guest(0), PAGE).usedLength()).as("before").isZero();
            frontend.addRegion(more);
            more.fill(0, PAGE, 0);
            assertThat(readInto(more.guest(0), PAGE).usedLength()).isEqualTo(PAGE + 1);
            assertThat(more.get(0, PAGE)).containsOnly(RecordingDevice.FILL);
            assertThat(frontend.removeRegion(more)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    @Clause("vhost-user, VHOST_USER_GET_MAX_MEM_SLOTS")
    void everySlotOf64IsUsedAndBuffersCrossThem(Style style) throws IOException {
        start(style);
        assertThat(frontend.askU64(Code.GET_MAX_MEM_SLOTS)).isGreaterThanOrEqualTo(SLOTS + 1);
        List<SharedRam> regions = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            regions.add(region(i, PAGE));
            frontend.addRegion(regions.get(i));
        }
        for (SharedRam region : regions) {
            assertThat(readInto(region.guest(0), PAGE).usedLength()).isEqualTo(PAGE + 1);
        }
        // Neighbours in guest memory, not in the front-end's: a translation for each.
        assertThat(readInto(regions.getFirst().guest(0), SLOTS * PAGE).usedLength()).isEqualTo(SLOTS * PAGE + 1);
        assertThat(readInto(regions.getLast().guest(1), PAGE).usedLength()).as("beyond the last").isZero();
        for (SharedRam region : regions) {
            assertThat(region.get(0, PAGE)).containsOnly(RecordingDevice.FILL);
            assertThat(frontend.removeRegion(region)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void unknownRegionIsRefusedAndTheConnectionGoesOn(Style style) throws IOException {
        start(style);
        assertThat(frontend.removeRegion(region(0, PAGE))).isFalse();
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void removingARegionWaitsForRequestsInFlight(Style style) throws IOException {
        start(style);
        SharedRam more = region(0, PAGE);
        frontend.addRegion(more);
        rig.device().holding(true);
        disk.submitAt(FakeDisk.IN, 0, PAGE, more.guest(0));
        Waiting.until("it is in flight", () -> rig.device().heldCount() == 1);
        CompletableFuture<Boolean> removed = CompletableFuture.supplyAsync(() -> {
            try {
                return frontend.removeRegion(more);
            } catch (LinuxException e) {
                throw new IllegalStateException(e);
            }
        });
        Waiting.aMoment();
        assertThat(removed).isNotDone();
        rig.device().holding(false);
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).as("others go on meanwhile").isZero();
        rig.device().release();
        assertThat(removed.join()).isTrue();
        assertThat(disk.await().usedLength()).isEqualTo(PAGE + 1);
        assertThat(more.get(0, PAGE - 1)).containsOnly(RecordingDevice.FILL);
    }

    @ParameterizedTest
    @EnumSource(value = Style.class, names = "QEMU")
    @Clause("vhost-user, VHOST_USER_SET_MEM_TABLE")
    void anotherTableTakesOverWhileTheRingRuns(Style style) throws IOException {
        start(style);
        SharedRam more = region(0, PAGE);
        for (int i = 0; i < 20; i++) {
            frontend.setMemTable(more, frontend.ram());
            assertThat(readInto(more.guest(0), PAGE).usedLength()).isEqualTo(PAGE + 1);
            frontend.setMemTable(frontend.ram());
            assertThat(readInto(more.guest(0), PAGE).usedLength()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Style.class, names = "QEMU")
    void ringWhoseMemoryIsTakenAwayStopsAndTheConnectionGoesOn(Style style) throws IOException {
        start(style);
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
        frontend.setMemTable(region(0, PAGE));
        disk.ring().forceKick();
        assertThat(Descriptors.awaitReadable(disk.ring().err(), 5000)).isTrue();
        assertThat(frontend.getVringBase(0)).isEqualTo(1);
        frontend.setMemTable(frontend.ram());
        frontend.start(disk.ring(), 1);
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void ioGoesOnWhileRegionsComeAndGo(Style style) throws IOException {
        start(style);
        SharedRam more = region(0, PAGE);
        CompletableFuture<Void> io = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 2000; i++) {
                    assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
                }
            } catch (LinuxException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!io.isDone()) {
            frontend.addRegion(more);
            assertThat(frontend.removeRegion(more)).isTrue();
        }
        io.join();
    }
}
