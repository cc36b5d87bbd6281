package dev.isthmus.xen.app;

import static dev.isthmus.xen.app.LifeRig.BACK;
import static dev.isthmus.xen.app.LifeRig.FRONT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.xen.blkif.BlkifProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each transition of {@code enum xenbus_state}, as either end or a toolstack makes it. */
class GuestDeviceTest {
    @TempDir
    Path directory;

    private LifeRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new LifeRig(directory);
        rig.start();
    }

    @Test
    void offersWhatTheDiskHasAndWaitsForTheGuest() {
        rig.create();

        assertThat(rig.state()).isEqualTo(2);
        assertThat(rig.back("feature-flush-cache")).isEqualTo("1");
        assertThat(rig.back("feature-barrier")).isEqualTo("1");
        assertThat(rig.back("feature-persistent")).isEqualTo("0");
        assertThat(rig.back("feature-discard")).isEqualTo("1");
        assertThat(rig.back("discard-granularity")).isEqualTo("4096");
        assertThat(rig.back("discard-secure")).isEqualTo("0");
        assertThat(rig.back("multi-queue-max-queues")).isEqualTo("4");
        assertThat(rig.back("max-ring-page-order")).isEqualTo("2");
        assertThat(rig.back("feature-max-indirect-segments")).isEqualTo("64");
        assertThat(rig.back("hotplug-status")).isEqualTo("connected");
        assertThat(rig.disk().options.socket()).isEqualTo(Path.of("/run/isthmus/x.sock"));
    }

    @Test
    void offersNoDiscardWhenTheToolstackForbidsIt() {
        rig.tasks.hold("open");
        rig.create();
        rig.store.write(BACK + "/discard-enable", "0");
        rig.tasks.release("open");

        assertThat(rig.back("feature-discard")).isEqualTo("0");
        assertThat(rig.back("discard-granularity")).isEmpty();
    }

    @Test
    void connectsTheGuest() {
        rig.create();
        rig.guestConnects();

        assertThat(rig.state()).isEqualTo(4);
        assertThat(rig.back("sectors")).isEqualTo("2048");
        assertThat(rig.back("sector-size")).isEqualTo("512");
        assertThat(rig.back("physical-sector-size")).isEqualTo("4096");
        assertThat(rig.back("info")).isEqualTo("0");
        assertThat(rig.disk().connection.protocol()).isEqualTo(BlkifProtocol.X86_64);
        assertThat(rig.disk().connection.rings()).hasSize(1);

        rig.guest(4);
        assertThat(rig.disk().connects).isEqualTo(1);
        assertThat(rig.phase()).isEqualTo(GuestDevice.Phase.CONNECTED);
    }

    @Test
    void staysInStateOneWhileTheBackendIsAway() {
        rig.tasks.hold("open");
        rig.create();
        assertThat(rig.state()).isEqualTo(1);
        assertThat(rig.phase()).isEqualTo(GuestDevice.Phase.OPENING);

        rig.tasks.release("open");
        rig.settle();
        assertThat(rig.state()).isEqualTo(2);
    }

    @Test
    void closesAtOnceWhenTheToolstackHasNoPatienceWithTheBackend() {
        rig.tasks.hold("open");
        rig.create();
        rig.toolstackCloses();

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disks).isEmpty();
        assertThat(rig.tasks.cancelled()).isEqualTo(1);
    }

    @Test
    void closesADiskThatWasMadeForSomebodyWhoIsGone() {
        rig.tasks.hold("open");
        rig.create();
        // The job has begun, and nobody may be told of its cancellation any more.
        rig.afterOpen = () -> rig.store.writeAll(Map.of(BACK + "/online", "0", BACK + "/state", "5"));
        rig.lookWhileOpening = true;
        rig.tasks.release("open");
        rig.settle();

        assertThat(rig.disk().closed).isTrue();
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void closesAtOnceWhatNoGuestEverConnected() {
        rig.create();
        rig.toolstackCloses();

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disk().closed).isTrue();
    }

    @Test
    void followsAGuestThatCloses() {
        rig.connected();

        rig.guest(5);
        assertThat(rig.state()).isEqualTo(5);
        assertThat(rig.disk().connection).as("may be busy still").isNotNull();

        rig.guest(6);
        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disk().disconnects).isEqualTo(1);
        assertThat(rig.disk().closed).isTrue();
    }

    @Test
    void waitsForTheGuestWhenTheToolstackCloses() {
        rig.connected();
        rig.toolstackCloses();
        assertThat(rig.disk().connection).isNotNull();

        rig.guest(5);
        rig.guest(6);

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disk().closed).isTrue();
    }

    @Test
    void saysClosedOnlyWhenNothingIsInFlight() {
        rig.connected();
        rig.tasks.hold("disconnect");
        rig.guest(5);
        rig.guest(6);
        assertThat(rig.state()).isEqualTo(5);

        rig.tasks.release("disconnect");
        rig.settle();
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void servesAGuestThatComesBack() {
        rig.connected();
        rig.guest(5);
        rig.guest(6);

        rig.guest(1);
        assertThat(rig.state()).isEqualTo(2);
        rig.guestConnects();
        assertThat(rig.state()).isEqualTo(4);
        assertThat(rig.disks).hasSize(2);
    }

    @Test
    void leavesADeviceThatIsNotOnlineClosed() {
        rig.connected();
        rig.toolstackCloses();
        rig.guest(6);

        rig.guest(1);

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disks).hasSize(1);
    }

    @Test
    void beginsAnewWithAGuestThatDoes() {
        rig.connected();

        rig.guest(1);

        assertThat(rig.disks.getFirst().disconnects).isEqualTo(1);
        assertThat(rig.state()).isEqualTo(2);
        rig.guestConnects();
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void takesTheNewRingsOfAGuestThatWasSuspended() {
        rig.connected();

        rig.store.write(FRONT + "/ring-ref", "99");
        rig.guest(3);

        assertThat(rig.disks).hasSize(2);
        assertThat(rig.disk().connection.rings().getFirst().references()).containsExactly(99);
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void letsGoAtOnceWhenTheFrontendIsTakenAway() {
        rig.connected();
        rig.store.writeAll(Map.of(BACK + "/online", "0", BACK + "/state", "5"));
        rig.store.remove(FRONT);
        rig.settle();

        assertThat(rig.disk().closed).isTrue();
        assertThat(rig.disk().disconnects).isZero();
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void letsGoWhileItWaitsForWhatIsInFlight() {
        rig.connected();
        rig.tasks.hold("disconnect");
        rig.guest(6);
        rig.store.remove(FRONT);
        rig.settle();

        assertThat(rig.disk().closed).isTrue();
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void letsGoWhileItConnects() {
        rig.create();
        rig.tasks.hold("connect");
        rig.guestConnects();
        rig.store.remove(FRONT);
        rig.settle();

        assertThat(rig.tasks.cancelled()).isEqualTo(1);
        assertThat(rig.disks.getFirst().closed).isTrue();
    }

    @Test
    void isGoneWithItsDirectoryAndLeavesNoNodesBehind() {
        rig.connected();
        rig.store.remove("/local/domain/0/backend/vbd3/5");
        rig.settle();

        assertThat(rig.disk().closed).isTrue();
        assertThat(rig.bridge.views()).isEmpty();
        assertThat(rig.store.list("/local/domain/0/backend/vbd3")).isEmpty();
    }

    @Test
    void letsGoOfADomainThatDied() {
        rig.connected();
        rig.store.release(5);
        rig.settle();

        assertThat(rig.disk().closed).isTrue();
        assertThat(rig.disk().disconnects).isZero();
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void keepsADomainThatSomebodyElsesDeathIsAbout() {
        rig.store.introduce(6);
        rig.connected();
        rig.store.release(6);
        rig.settle();

        assertThat(rig.disk().closed).isFalse();
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void removesTheJournalOfAGuestThatIsGone() throws IOException {
        rig.connected();
        Path journal = Files.createFile(rig.disk().options.journal());
        rig.store.release(5);
        rig.settle();

        assertThat(journal).doesNotExist();
    }

    @Test
    void tellsAGuestWhoseNumbersAreWrongToClose() {
        rig.refusal = "grant 8 is none";
        rig.create();
        rig.guestConnects();

        assertThat(rig.state()).isEqualTo(5);
        assertThat(rig.store.read("/local/domain/0/error/backend/vbd3/5/51712/error").orElse(""))
                .contains("grant 8 is none");
        assertThat(rig.disk().connects).as("not tried again and again").isEqualTo(1);
        assertThat(rig.bridge.views().getFirst().problems()).anyMatch(p -> p.contains("grant 8 is none"));
    }

    @Test
    void servesAGuestThatBeginsAnewAfterWrongNumbers() {
        rig.refusal = "grant 8 is none";
        rig.create();
        rig.guestConnects();
        rig.refusal = null;
        rig.guest(6);
        rig.guest(1);
        rig.guestConnects();

        assertThat(rig.state()).isEqualTo(4);
        assertThat(rig.bridge.views().getFirst().problems()).isEmpty();
    }

    @Test
    void refusesAGuestWithoutRings() {
        rig.create();
        rig.guest(3);

        assertThat(rig.state()).isEqualTo(5);
        assertThat(rig.disk().connects).isZero();
    }

    @Test
    void tellsTheGuestANewSize() {
        rig.connected();
        rig.disk().resize(4096);
        rig.settle();

        assertThat(rig.back("sectors")).isEqualTo("4096");
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void keepsANewSizeForAGuestThatIsNotConnectedYet() {
        rig.create();
        rig.disk().resize(4096);
        rig.settle();
        assertThat(rig.state()).isEqualTo(2);

        rig.guestConnects();
        assertThat(rig.back("sectors")).isEqualTo("4096");
    }

    @Test
    void doesNotReopenWhatClosesForANewSize() {
        rig.connected();
        rig.guest(5);
        rig.disk().resize(4096);
        rig.settle();

        assertThat(rig.state()).isEqualTo(5);
    }

    @Test
    void doesNotBlameTheGuestForTheStore() {
        rig.create();
        rig.store.refuseOnce(LifeRig.FRONT + "/protocol");
        rig.guestConnects();
        assertThat(rig.state()).as("not closing").isEqualTo(2);

        rig.tasks.elapse();
        rig.settle();

        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void triesAgainWhenThisMachineCannot() {
        rig.openError = new IOException("no /dev/xen/gntdev");
        rig.create();
        assertThat(rig.state()).isEqualTo(1);
        assertThat(rig.tasks.delayed()).isEqualTo(1);

        rig.openError = null;
        rig.tasks.elapse();
        rig.settle();
        assertThat(rig.state()).isEqualTo(2);
    }

    @Test
    void goesOnAfterAMistakeOfItsOwn() {
        rig.tasks.hold("open");
        rig.create();
        rig.mistake = new IllegalStateException("of a test");
        rig.tasks.release("open");
        rig.settle();
        assertThat(rig.disks.getFirst().closed).isTrue();

        rig.mistake = null;
        rig.tasks.elapse();
        rig.settle();
        assertThat(rig.state()).isEqualTo(2);
    }

    @Test
    void doesNothingForAStateNobodyKnows() {
        rig.connected();
        rig.store.write(FRONT + "/state", "99");
        rig.settle();
        rig.store.write(FRONT + "/state", "what");
        rig.settle();
        rig.guest(7);

        assertThat(rig.disk().connection).isNotNull();
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void closesAGuestThatClosesBeforeItConnected() {
        rig.create();
        rig.guest(5);
        assertThat(rig.state()).isEqualTo(5);
        rig.guest(6);

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disk().connects).isZero();
    }

    @Test
    void servesReadOnlyWhatTheToolstackSaysIs() {
        rig.store.write(BACK + "/mode", "r");
        Map<String, String> nodes = Map.of(BACK + "/frontend", FRONT, BACK + "/online", "1", BACK + "/state", "1",
                BACK + "/params", "vhost-user:/run/x.sock", FRONT + "/state", "1");
        rig.store.writeAll(nodes);
        rig.settle();

        assertThat(rig.disk().options.readOnly()).isTrue();
    }
}
