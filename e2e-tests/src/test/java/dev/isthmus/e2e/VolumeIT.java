package dev.isthmus.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests on volumes: what they write survives the back-end, and what a snapshot has is a disk of its own. */
@Tag("rocksdb")
class VolumeIT {

    /** A journal that was cut off is replayed by mounting; then the file system is checked without a change. */
    private static final String CHECK = """
            mount -t ext4 /dev/vda /mnt
            umount /mnt
            fsck.ext4 -f -n /dev/vda > /tmp/fsck 2>&1 || { cat /tmp/fsck; exit 1; }
            """;

    @TempDir
    private Path directory;

    @Test
    void snapshotThatIsTakenWhileAGuestWritesIsADiskOfItsOwn() throws Exception {
        Path volumes = Files.createDirectory(directory.resolve("volumes"));
        VolumeCommand.run(volumes, "create", "--size=512M", "origin");
        Disk origin = Disk.ofVolume("origin", volumes);
        try (BackendProcess backend = BackendProcess.serve("origin", origin);
                Guest guest = Guest.named("origin", directory).disk(origin).boot()) {
            guest.sh(Scripts.makeFileSystem("vda") + Scripts.WRITE_RANDOM_FILE);
            guest.sh(
                    "(i=0; while test ! -e /tmp/stop; do i=$((i + 1)); dd if=/dev/urandom of=/mnt/later bs=64k count=64"
                            + " 2> /dev/null; sync; done; touch /tmp/stopped) &");

            backend.management().post("/devices/origin/snapshot?name=running");

            guest.sh("touch /tmp/stop; until test -e /tmp/stopped; do sleep 0.1; done");
            guest.sh(Scripts.COMPARE_RANDOM_FILE + "umount /mnt;" + CHECK);
            VolumeCommand.run(volumes, "clone", "origin@running", "copy");
            Disk copy = Disk.ofVolume("copy", volumes);
            try (BackendProcess _ = BackendProcess.serve("copy", copy);
                    Guest second = Guest.named("copy", directory).disk(copy).boot()) {
                second.sh(CHECK + "mount -t ext4 /dev/vda /mnt;" + Scripts.COMPARE_RANDOM_FILE);
                second.sh("dd if=/dev/urandom of=/mnt/random bs=1M count=8 2> /dev/null; umount /mnt;" + CHECK);
            }
            guest.sh("mount -t ext4 /dev/vda /mnt;" + Scripts.COMPARE_RANDOM_FILE);
        }
    }
}
