package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guest makes a file system, fills it, reads it back and gives space back, in every way of serving it. */
class FileSystemIT {

    @TempDir
    private Path directory;

    /** Eight of the sixteen combinations: each choice of any three is among them. */
    @ParameterizedTest(name = "{0} vCPU and queues, poll {1} us, direct {2}, memory {3}")
    @CsvSource({ //
        "1,  0, false, MEMFD", "1,  0, true, HUGETLB", "1, 20, false, HUGETLB", "1, 20, true, MEMFD",
        "2,  0, false, HUGETLB", "2,  0, true, MEMFD", "2, 20, false, MEMFD", "2, 20, true, HUGETLB"})
    void holdsWhatAGuestWrote(int vcpus, int pollMicros, boolean direct, Guest.Memory memory) throws Exception {
        Path image = Images.sparse(directory.resolve("disk.img"), 512 * Images.MEBIBYTE);
        Disk disk = Disk.of("fs", directory, image).withQueues(vcpus).withDirect(direct);
        try (HugePages _ = HugePages.reserveFor(memory);
                BackendProcess backend = BackendProcess.serve("fs", List.of("--poll-us=" + pollMicros), disk)) {
            try (Guest guest = Guest.named("fs", directory).vcpus(vcpus).memory(memory).disk(disk).boot()) {
                assertThat(guest.sh("nproc; ls /sys/block/vda/mq | wc -l").lines()).containsOnly(String.valueOf(vcpus));
                guest.sh(Scripts.MAKE_FILE_SYSTEM + Scripts.WRITE_RANDOM_FILE + Scripts.COMPARE_RANDOM_FILE);
                assertThat(Images.allocatedBytes(image)).isGreaterThan(64 * Images.MEBIBYTE);
                guest.sh("rm /mnt/random; sync; fstrim /mnt; umount /mnt");
            }
            assertThat(Images.allocatedBytes(image)).as("after fstrim").isLessThan(60 * Images.MEBIBYTE);
            Program.Ended end = backend.stop();
            assertThat(end.exitStatus()).isZero();
            assertThat(end.after()).isLessThan(Duration.ofSeconds(2));
        }
        Images.assertCleanExt4(image);
    }
}
