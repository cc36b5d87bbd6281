package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests on volumes: what they write survives the back-end, and what a snapshot has is a disk of its own. */
@Tag("rocksdb")
class VolumeIT {

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
    private static final int KILLS = 3;

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
        volume(volumes, "create", "--size=512M", "origin");
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
            volume(volumes, "clone", "origin@running", "copy");
            Disk copy = Disk.ofVolume("copy", volumes);
            try (BackendProcess _ = BackendProcess.serve("copy", copy);
                    Guest second = Guest.named("copy", directory).disk(copy).boot()) {
                second.sh(CHECK + "mount -t ext4 /dev/vda /mnt;" + Scripts.COMPARE_RANDOM_FILE);
                second.sh("dd if=/dev/urandom of=/mnt/random bs=1M count=8 2> /dev/null; umount /mnt;" + CHECK);
            }
            guest.sh("mount -t ext4 /dev/vda /mnt;" + Scripts.COMPARE_RANDOM_FILE);
        }
    }

    @Test
    void backendThatIsKilledCostsAGuestOnAVolumeAPause() throws Exception {
        Path volumes = Files.createDirectory(directory.resolve("volumes"));
        volume(volumes, "create", "--size=64M", "killed");
        Disk disk = Disk.ofVolume("killed", volumes);
        try (KillableBackend backend = KillableBackend.serve(disk, List.of());
                Guest guest = Guest.named("killed", directory).disk(disk).boot()) {
            VerifiedLoad load = VerifiedLoad.start(guest, "vda");
            for (int i = 0; i < KILLS; i++) {
                backend.kill();
                backend.startAgain();
                backend.awaitConnection();
                load.goesOn();
            }
            load.stop();
        }
        volume(volumes, "scrub", "killed");
    }

    private static void volume(Path volumes, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Host.ROOT.resolve("bin/isthmus-blk").toString(), "volume",
                "--volumes-dir=" + volumes));
        command.addAll(List.of(arguments));
        assertThat(Host.run(COMMAND_LIMIT, command.toArray(String[]::new))).isNotNull();
    }
}
