package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What happens in the long life of a virtual machine, while its disk is written and verified: a pause at most. */
@Tag("recovery")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class EventsUnderLoadIT {

    private static final int RESTARTS = 3;
    private static final long DISK_BYTES = 128 * Images.MEBIBYTE;
    private static final int PLUGGED_MEBIBYTES = 256;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private static final String AWAIT_SIZE = "until test $(cat /sys/block/vda/size) = %d; do sleep 0.1; done";

    /** Behind what the load writes; written once and then only verified. */
    private static final String KEPT = "fio --name=kept --filename=/dev/vda --direct=1 --ioengine=libaio --iodepth=8"
            + " --rw=randwrite --bs=64k --offset=40M --size=16M --verify=crc32c --verify_fatal=1 --end_fsync=1 %s";

    private static final String REBIND = """
            device=$(basename $(readlink -f /sys/block/vda/device))
            echo %d > /sys/module/virtio_blk/parameters/num_request_queues
            echo $device > /sys/bus/virtio/drivers/virtio_blk/unbind
            test ! -e /sys/block/vda
            echo $device > /sys/bus/virtio/drivers/virtio_blk/bind
            until test -b /dev/vda; do sleep 0.1; done
            """;

    private static final String QUEUES = "ls /sys/block/vda/mq | wc -l";

    @TempDir
    private static Path directory;

    private Disk disk;
    private BackendProcess backend;
    private Guest guest;

    @BeforeAll
    void boot() throws Exception {
        disk = Disk.of("events", directory, Images.sparse(directory.resolve("disk.img"), DISK_BYTES)).withQueues(2);
        serve();
        guest = Guest.named("events", directory).vcpus(2).disk(disk).boot();
    }

    @AfterAll
    void end() throws IOException {
        if (guest != null) {
            guest.close();
        }
        if (backend != null) {
            backend.close();
        }
    }

    private void serve() throws Exception {
        backend = BackendProcess.serve("events", List.of("--transport=io_uring"), disk);
    }

    private void restart() throws Exception {
        assertThat(backend.stop().exitStatus()).as(backend.log()).isZero();
        serve();
    }

    @Test
    @Order(1)
    void orderlyRestartIsAPause() throws Exception {
        VerifiedLoad load = VerifiedLoad.start(guest, "vda");
        for (int i = 0; i < RESTARTS; i++) {
            restart();
            load.goesOn();
        }
        load.stop();
    }

    @Test
    @Order(2)
    void memoryComesAndGoes() throws Exception {
        VerifiedLoad load = VerifiedLoad.start(guest, "vda");
        HotplugMemory memory = HotplugMemory.plug(guest, PLUGGED_MEBIBYTES);
        load.goesOn();
        // From the new memory on: it is what the kernel takes first for the buffers of a program.
        guest.sh(KEPT.formatted(""), LIMIT);
        memory.unplug();
        load.goesOn();
        load.stop();
        guest.sh(KEPT.formatted("--verify_only"), LIMIT);
    }

    @Test
    @Order(3)
    void diskGrows() throws Exception {
        VerifiedLoad load = VerifiedLoad.start(guest, "vda");
        backend.resize(disk, DISK_BYTES + 16 * Images.MEBIBYTE);
        guest.sh(AWAIT_SIZE.formatted((DISK_BYTES + 16 * Images.MEBIBYTE) / 512), LIMIT);
        load.goesOn();
        load.stop();
    }

    @Test
    @Order(4)
    void diskThatGrewWhileNobodyServedItIsSeenAfterwards() throws Exception {
        VerifiedLoad load = VerifiedLoad.start(guest, "vda");
        assertThat(backend.stop().exitStatus()).as(backend.log()).isZero();
        Images.resize(disk.image(), DISK_BYTES + 32 * Images.MEBIBYTE);
        serve();
        guest.sh(AWAIT_SIZE.formatted((DISK_BYTES + 32 * Images.MEBIBYTE) / 512), LIMIT);
        load.goesOn();
        load.stop();
    }

    @Test
    @Order(5)
    void driverIsBoundAgainWithAnotherNumberOfQueues() throws Exception {
        guest.sh(KEPT.formatted(""), LIMIT);
        for (int queues : new int[] {1, 2}) {
            guest.sh(REBIND.formatted(queues));
            assertThat(guest.sh(QUEUES)).isEqualTo(String.valueOf(queues));
            guest.sh(KEPT.formatted("--verify_only"), LIMIT);
            VerifiedLoad.start(guest, "vda").stop();
        }
    }

    @Test
    @Order(6)
    void deviceIsPluggedAgainWithAnotherNumberOfQueues() throws Exception {
        guest.qmp().execute("device_del", "{\"id\": \"disk0-device\"}");
        guest.sh("while test -e /sys/block/vda; do sleep 0.1; done", LIMIT);
        guest.qmp().awaitUntil("qom-list", "{\"path\": \"/machine/peripheral\"}", answer -> !answer.contains(
                "disk0-device"));
        // QEMU lets go of the character device a little after the device is gone.
        guest.qmp().executeWhen("is in use", "device_add", "{\"driver\": \"vhost-user-blk-pci\","
                + " \"id\": \"disk0-device\", \"chardev\": \"disk0\", \"num-queues\": 1}");
        guest.sh("until test -b /dev/vda; do sleep 0.1; done", LIMIT);
        assertThat(guest.sh(QUEUES)).isEqualTo("1");
        guest.sh(KEPT.formatted("--verify_only"), LIMIT);
        VerifiedLoad.start(guest, "vda").stop();
    }

    @Test
    @Order(7)
    void writeCacheStaysOffOverARestart() throws Exception {
        VerifiedLoad load = VerifiedLoad.start(guest, "vda");
        guest.sh("echo 'write through' > /sys/block/vda/cache_type");
        restart();
        load.goesOn();
        assertThat(guest.sh("cat /sys/block/vda/cache_type")).isEqualTo("write through");
        load.stop();
    }

    @Test
    @Order(8)
    void guestIsResetUnderLoad() throws Exception {
        VerifiedLoad.start(guest, "vda");
        guest.qmp().execute("system_reset");
        guest.awaitBoot();
        guest.sh(KEPT.formatted("--verify_only"), LIMIT);
        VerifiedLoad.start(guest, "vda").stop();
    }
}
