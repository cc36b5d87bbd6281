package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest starts again on a back-end that stays: firmware, kernel, firmware, kernel, each with rings of its own. */
class GuestRebootIT {

    @TempDir
    private Path directory;

    @Test
    void keepsItsDataThroughRebootAndResetOnOneBackend() throws Exception {
        Path image = Images.sparse(directory.resolve("disk.img"), 512 * Images.MEBIBYTE);
        Disk disk = Disk.of("reboot", directory, image).withQueues(2);
        try (BackendProcess backend = BackendProcess.serve("reboot", disk);
                Guest guest = Guest.named("reboot", directory).vcpus(2).disk(disk).boot()) {
            guest.sh(Scripts.makeFileSystem("vda") + Scripts.WRITE_RANDOM_FILE + "umount /mnt");

            guest.start("reboot -f");
            guest.awaitBoot();
            guest.sh("mount -t ext4 /dev/vda /mnt\n" + Scripts.COMPARE_RANDOM_FILE);

            // In the middle of work, and without a word to the guest.
            guest.start("cat /dev/vda > /dev/null");
            guest.qmp().execute("system_reset");
            guest.awaitBoot();
            guest.sh("mount -t ext4 /dev/vda /mnt\n" + Scripts.COMPARE_RANDOM_FILE + "umount /mnt");

            assertThat(backend.isAlive()).isTrue();
        }
        Images.assertCleanExt4(image);
    }
}
