package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The image of the block back-end: a container without rights serves a guest outside of it. {@code bin/image} made it;
 * what it costs is compared with the goals, and asserted only where a loaded machine cannot spoil it.
 */
@Tag("deploy")
class ContainerIT {

    private static final String IMAGE = "localhost/isthmus-blk:latest";
    private static final long MEGABYTE = 1_000_000;
    private static final long IMAGE_GOAL_MEGABYTES = 250;
    private static final int MEMORY_LIMIT_MEBIBYTES = 256;

    @TempDir
    private Path directory;

    private Path sockets;
    private Path images;
    private Disk disk;

    private void makeDirectories() throws IOException, InterruptedException {
        sockets = ContainerRun.sharedDirectory(directory.resolve("run"));
        images = ContainerRun.sharedDirectory(directory.resolve("images"));
        Path image = Images.sparse(images.resolve("disk.img"), 512 * Images.MEBIBYTE);
        ContainerRun.own(image);
        disk = new Disk("disk", sockets.resolve("disk.sock"), image, 1, false, false, false, false);
    }

    private ContainerRun start(ContainerRun.Seccomp profile, String... options)
            throws IOException, InterruptedException {
        return ContainerRun.start(IMAGE, profile, sockets, images, List.of(options), List.of(
                "--socket-path=/run/isthmus/disk.sock", "--blk-file=/var/lib/isthmus/disk.img"));
    }

    /** The guest's memory is huge pages, which no one is charged for: so the limit may be smaller than the guest. */
    @ParameterizedTest
    @EnumSource
    void servesAGuestWithoutRightsInLessMemoryThanTheGuestHas(ContainerRun.Seccomp profile) throws Exception {
        makeDirectories();
        assertThat(MEMORY_LIMIT_MEBIBYTES).isLessThan(Guest.MEMORY_MEBIBYTES);
        try (HugePages _ = HugePages.reserveFor(Guest.Memory.HUGETLB);
                ContainerRun container = start(profile, "--memory=" + MEMORY_LIMIT_MEBIBYTES + "m")) {
            assertThat(container.log()).contains(profile.transport()).doesNotContain("WARN", "ERROR");
            try (Guest guest = Guest.named("container", directory).memory(Guest.Memory.HUGETLB).disk(disk).boot()) {
                guest.sh(Scripts.makeFileSystem("vda") + Scripts.WRITE_RANDOM_FILE + Scripts.COMPARE_RANDOM_FILE);
                container.exec("/usr/lib/isthmus/docker/health");
                guest.sh("umount /mnt");
            }
            assertThat(container.stop().exitStatus()).isZero();
        }
        Images.assertCleanExt4(disk.image());
    }

    @Test
    void hasNoRightsAndGivesItsGroupTheSocket() throws Exception {
        makeDirectories();
        try (ContainerRun container = start(ContainerRun.Seccomp.SHIPPED)) {
            List<String> status = Files.readAllLines(Path.of("/proc/" + container.pid() + "/status"));
            String ids = String.join("\t", Collections.nCopies(4, String.valueOf(ContainerRun.USER)));
            assertThat(status).contains("Uid:\t" + ids, "Gid:\t" + ids, "CapPrm:\t0000000000000000",
                    "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk.socket())))
                    .as("for the hypervisor's group").isEqualTo("rwxrwx---");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(disk.socket()
                    + ".management")))).as("for the owner").isEqualTo("rw-------");
            assertThat(container.exec("cat", "/usr/lib/isthmus/sbom/blk-backend.json")).contains("CycloneDX");
        }
    }

    @Test
    void isSmall() throws Exception {
        makeDirectories();
        String image = String.join(" ", ContainerRun.podman("save", IMAGE));
        // Level 1: what a registry keeps is smaller.
        long bytes = Long.parseLong(Host.run(Duration.ofMinutes(2), "bash", "-c", image + " | gzip -1 | wc -c"));
        assertThat(bytes).isLessThan(IMAGE_GOAL_MEGABYTES * MEGABYTE);
        try (ContainerRun container = start(ContainerRun.Seccomp.SHIPPED)) {
            double seconds = container.untilReady().toMillis() / 1e3;
            long kilobytes = ProcessState.of(container.pid()).residentKilobytes();
            assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/maps"))).contains("isthmus-blk.aot");
            Figures.write("deploy", """
                    isthmus-blk image, gzip -1: %d MB (goal: at most %d)
                    ready: %.2f s after the container's process began (goal on an idle machine: 1.0)
                    RssAnon + RssFile: %d MB (goal: at most 115)
                    """.formatted(bytes / MEGABYTE, IMAGE_GOAL_MEGABYTES, seconds, kilobytes / 1024));
        }
    }
}
