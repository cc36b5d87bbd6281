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

    /** Eight of the 32 combinations: each choice of any two is among them, and of the first three. */
    @ParameterizedTest(name = "{0} vCPU and queues, poll {1} us, direct {2}, memory {3}, {4}")
    @CsvSource({ //
        "1,  0, false, MEMFD, epoll", "1,  0, true, HUGETLB, io_uring",
        "1, 20, false, HUGETLB, io_uring", "1, 20, true, MEMFD, epoll",
        "2,  0, false, HUGETLB, epoll", "2,  0, true, MEMFD, io_uring",
        "2, 20, false, MEMFD, io_uring", "2, 20, true, HUGETLB, epoll"})
    void holdsWhatAGuestWrote(int vcpus, int pollMicros, boolean direct, Guest.Memory memory, String transport)
            throws Exception {
        Path image = Images.sparse(directory.resolve("disk.img"), 512 * Images.MEBIBYTE);
        Disk disk = Disk.of("fs", directory, image).withQueues(vcpus).withDirect(direct);
        try (HugePages _ = HugePages.reserveFor(memory);
                BackendProcess backend = BackendProcess.serve("fs", List.of("--poll-us=" + pollMicros,
                        "--transport=" + transport), disk)) {
            try (Guest guest = Guest.named("fs", directory).vcpus(vcpus).memory(memory).disk(disk).boot()) {
                assertThat(guest.sh("nproc; ls /sys/block/vda/mq | wc -l").lines()).containsOnly(String.valueOf(vcpus));
                guest.sh(Scripts.makeFileSystem("vda") + Scripts.WRITE_RANDOM_FILE + Scripts.COMPARE_RANDOM_FILE);
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
