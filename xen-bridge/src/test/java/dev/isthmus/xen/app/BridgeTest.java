package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which devices are ours, and what becomes of the others. */
class BridgeTest {
    private static final DeviceId VBD = new DeviceId("vbd", 5, 51728);
    private static final String OURS = "vhost-user:/run/isthmus/y.sock";

    @TempDir
    Path directory;

    private LifeRig rig;
    private Path bus;

    @BeforeEach
    void open() throws IOException {
        rig = new LifeRig(directory);
        bus = Files.createDirectories(directory.resolve("xen-backend"));
        Files.createDirectories(bus.resolve("devices"));
        Files.createDirectories(bus.resolve("drivers/vbd"));
        Files.createFile(bus.resolve("drivers/vbd/unbind"));
        Files.writeString(bus.resolve("drivers_autoprobe"), "1");
        Files.createFile(bus.resolve("drivers_probe"));
    }

    private Taken kernel() {
        return new Taken(new KernelDevices(bus), true, null);
    }

    /** The kernel has seen a device. */
    private Path known(DeviceId id) throws IOException {
        return Files.createDirectories(bus.resolve("devices").resolve(id.toString()));
    }

    private void bound(DeviceId id) throws IOException {
        Files.createSymbolicLink(known(id).resolve("driver"), bus.resolve("drivers/vbd"));
    }

    private String state(DeviceId id) {
        return rig.store.read(rig.paths.backend(id) + "/state").orElse("");
    }

    @Test
    void leavesVbdToTheKernelUnlessItIsToldOtherwise() throws IOException {
        rig.start();
        rig.create(VBD, OURS);

        assertThat(rig.disks).isEmpty();
        assertThat(Files.readString(bus.resolve("drivers_autoprobe"))).isEqualTo("1");
    }

    @Test
    void takesVbdThatIsMeantForIt() throws IOException {
        rig.start(kernel());
        assertThat(Files.readString(bus.resolve("drivers_autoprobe"))).isEqualTo("0");
        known(VBD);
        rig.create(VBD, OURS);

        assertThat(state(VBD)).isEqualTo("2");
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();
    }

    @Test
    void handsTheKernelWhatIsNot() throws IOException {
        rig.start(kernel());
        known(VBD);
        rig.create(VBD, "/dev/vg0/disk");

        assertThat(rig.disks).isEmpty();
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEqualTo("vbd-5-51728");
    }

    @Test
    void waitsUntilTheKernelKnowsTheDevice() throws IOException {
        rig.start(kernel());
        rig.create(VBD, "/dev/vg0/disk");
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();

        known(VBD);
        rig.tasks.elapse();

        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEqualTo("vbd-5-51728");
    }

    @Test
    void triesAgainUntilADriverHasIt() throws IOException {
        rig.start(kernel());
        known(VBD);
        rig.create(VBD, "/dev/vg0/disk");
        Files.writeString(bus.resolve("drivers_probe"), "");
        rig.tasks.elapse();
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEqualTo("vbd-5-51728");

        bound(VBD);
        rig.tasks.elapse();

        assertThat(rig.tasks.delayed()).isZero();
    }

    @Test
    void forgetsADeviceOfTheKernelThatIsGone() throws IOException {
        rig.start(kernel());
        rig.create(VBD, "/dev/vg0/disk");
        rig.store.remove(rig.paths.backend(VBD));
        rig.settle();
        rig.tasks.elapse();

        assertThat(rig.tasks.delayed()).isZero();
    }

    @Test
    void givesNoDriverToADeviceThatWasServedAlready() throws IOException {
        rig.start(kernel());
        known(VBD);
        rig.createBefore(VBD, "/dev/vg0/disk");
        rig.store.write(rig.paths.backend(VBD) + "/state", "6");
        rig.settle();

        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();
    }

    @Test
    void stopsTryingWhenTheDeviceIsClosed() throws IOException {
        rig.start(kernel());
        rig.create(VBD, "/dev/vg0/disk");
        rig.store.write(rig.paths.backend(VBD) + "/state", "5");
        known(VBD);
        rig.tasks.elapse();

        assertThat(rig.tasks.delayed()).isZero();
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();
    }

    @Test
    void givesUpAfterAWhile() throws IOException {
        rig.start(kernel());
        rig.create(VBD, "/dev/vg0/disk");
        for (int i = 0; i < 1000; i++) {
            rig.tasks.elapse();
        }

        assertThat(rig.tasks.delayed()).isZero();
    }

    @Test
    void handsOnOtherKindsToo() throws IOException {
        rig.start(kernel());
        DeviceId vif = new DeviceId("vif", 5, 0);
        known(vif);
        rig.create(vif, "");

        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEqualTo("vif-5-0");
    }

    @Test
    void waitsUntilItIsWrittenWhoseTheDeviceIs() throws IOException {
        rig.start(kernel());
        known(VBD);
        rig.store.write(rig.paths.backend(VBD) + "/frontend", LifeRig.front(VBD));
        rig.settle();
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();

        rig.create(VBD, OURS);
        assertThat(state(VBD)).isEqualTo("2");
    }

    @Test
    void takesAwayFromADriverWhatIsMeantForIt() throws IOException {
        bound(VBD);
        rig.createBefore(VBD, OURS);
        rig.start(kernel());

        assertThat(Files.readString(bus.resolve("drivers/vbd/unbind"))).isEqualTo("vbd-5-51728");
        assertThat(state(VBD)).isEqualTo("2");
    }

    @Test
    void leavesDevicesOfADriverAlone() throws IOException {
        bound(VBD);
        rig.createBefore(VBD, "/dev/vg0/disk");
        rig.start(kernel());

        assertThat(rig.tasks.delayed()).isZero();
        assertThat(Files.readString(bus.resolve("drivers_probe"))).isEmpty();
    }

    @Test
    void givesTheKernelItsWayAtTheEnd() throws IOException {
        rig.start(kernel());
        rig.bridge.leave();

        assertThat(Files.readString(bus.resolve("drivers_autoprobe"))).isEqualTo("1");
    }

    @Test
    void findsItsOwnKindAndVbd3() throws IOException {
        rig.start();
        DeviceId own = new DeviceId(DeviceId.OWN, 5, 51744);
        rig.create(LifeRig.ID, "aio:" + OURS);
        rig.create(own, OURS);
        rig.create(new DeviceId("vbd3", 5, 51760), "aio:/srv/image");
        rig.create(new DeviceId("vbd3", 5, 51776), "vhost-user:relative.sock");

        assertThat(rig.bridge.views().stream().map(DeviceView::id)).containsExactly(own, LifeRig.ID);
    }

    @Test
    void findsWhatWasThereBefore() throws IOException {
        rig.createBefore(LifeRig.ID, OURS);
        rig.start();

        assertThat(rig.state()).isEqualTo(2);
    }

    @Test
    void removesTheNodesOfItsOwnDevices() throws IOException {
        rig.start();
        DeviceId own = new DeviceId(DeviceId.OWN, 5, 51744);
        rig.create(own, OURS);
        rig.store.write(rig.paths.backend(own) + "/online", "0");
        rig.store.write(rig.paths.backend(own) + "/state", "5");
        rig.settle();

        assertThat(rig.store.list("/local/domain/0/backend/isthmus/5")).isEmpty();
        assertThat(rig.store.list("/local/domain/5/device/vbd")).isEmpty();
        assertThat(rig.bridge.views()).isEmpty();

        rig.store.release(5);
        rig.settle();
        assertThat(rig.store.list("/local/domain/0/backend/isthmus")).isEmpty();
    }

    @Test
    void removesTheNodesOfItsOwnDevicesWithTheirDomain() throws IOException {
        rig.start();
        DeviceId own = new DeviceId(DeviceId.OWN, 5, 51744);
        rig.create(own, OURS);
        rig.store.release(5);
        rig.settle();

        assertThat(rig.store.list("/local/domain/0/backend/isthmus")).isEmpty();
        assertThat(rig.bridge.views()).isEmpty();
    }

    @Test
    void servesADeviceThatIsMadeAgainUnderTheSameNumber() throws IOException {
        rig.start();
        rig.connected();
        rig.store.remove(LifeRig.BACK);
        rig.store.remove(LifeRig.FRONT);
        rig.settle();

        rig.connected();

        assertThat(rig.disks).hasSize(2);
        assertThat(rig.state()).isEqualTo(4);
    }

    @Test
    void servesManyDevicesOfOneGuest() throws IOException {
        rig.start();
        rig.tasks.hold("open-vbd3-5-51712");
        rig.create();
        DeviceId second = new DeviceId("vbd3", 5, 51728);
        rig.create(second, OURS);

        assertThat(rig.state()).as("waits for its back-end").isEqualTo(1);
        assertThat(state(second)).as("does not wait for another's").isEqualTo("2");
    }
}
