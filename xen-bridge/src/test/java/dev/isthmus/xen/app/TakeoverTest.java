package dev.isthmus.xen.app;

import static dev.isthmus.xen.app.LifeRig.BACK;
import static dev.isthmus.xen.app.LifeRig.FRONT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process begins where another ended, whatever the nodes say by then. */
class TakeoverTest {
    @TempDir
    Path directory;

    private LifeRig rig;

    @BeforeEach
    void predecessor() throws IOException {
        rig = new LifeRig(directory);
        rig.start();
    }

    /** The predecessor is killed, and its successor finds what it left. */
    private void restart() throws IOException {
        rig.disks.clear();
        rig.tasks.hold("never");
        rig.start();
    }

    @Test
    void servesAConnectedGuestWithoutTouchingAnything() throws IOException {
        rig.connected();
        rig.store.write(BACK + "/sectors", "untouched");
        rig.settle();

        restart();

        assertThat(rig.disks).hasSize(1);
        assertThat(rig.disk().connects).isEqualTo(1);
        assertThat(rig.state()).isEqualTo(4);
        assertThat(rig.back("sectors")).isEqualTo("untouched");
    }

    @Test
    void keepsTheJournalOfAGuestItIsToServe() throws IOException {
        rig.connected();
        Path journal = Files.createFile(rig.disk().options.journal());

        restart();

        assertThat(journal).exists();
    }

    @Test
    void leavesTheJournalWhenTheProcessEnds() throws IOException {
        rig.connected();
        Path journal = Files.createFile(rig.disk().options.journal());
        FakeDisk disk = rig.disk();

        rig.bridge.leave();

        assertThat(disk.closed).isTrue();
        assertThat(journal).exists();
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void tellsAGuestThatIsWaitingToBeConnected() throws IOException {
        rig.create();
        rig.tasks.hold("connect");
        rig.guestConnects();
        assertThat(rig.state()).isEqualTo(2);
        rig.bridge.leave();
        rig.tasks.release("connect");

        restart();

        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void waitsForAGuestThatHasNotBegunYet() throws IOException {
        rig.create();

        restart();

        assertThat(rig.state()).isEqualTo(2);
        rig.guestConnects();
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void servesAGuestThatIsClosingUntilItHasClosed() throws IOException {
        rig.connected();
        rig.guest(5);

        restart();
        assertThat(rig.disk().connection).isNotNull();
        assertThat(rig.state()).isEqualTo(5);

        rig.guest(6);
        assertThat(rig.state()).isEqualTo(6);
    }

    @Test
    void closesWhatTheGuestClosedMeanwhile() throws IOException {
        rig.connected();
        rig.bridge.leave();
        rig.store.write(FRONT + "/state", "6");

        restart();

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disks).isEmpty();
    }

    @Test
    void beginsAnewWithAGuestThatDidMeanwhile() throws IOException {
        rig.connected();
        rig.bridge.leave();
        rig.store.write(FRONT + "/state", "1");

        restart();

        assertThat(rig.state()).isEqualTo(2);
    }

    @Test
    void closesWhatADomainLeftThatDiedMeanwhile() throws IOException {
        rig.connected();
        rig.bridge.leave();
        rig.store.release(5);

        restart();

        assertThat(rig.state()).isEqualTo(6);
        assertThat(rig.disks).isEmpty();
    }

    @Test
    void waitsForTheBackendOfAConnectedGuest() throws IOException {
        rig.connected();
        rig.tasks.hold("open");

        restart();
        assertThat(rig.state()).isEqualTo(4);
        assertThat(rig.disks).isEmpty();

        rig.tasks.release("open");
        rig.settle();
        assertThat(rig.disk().connects).isEqualTo(1);
        assertThat(rig.state()).isEqualTo(4);
    }
}
