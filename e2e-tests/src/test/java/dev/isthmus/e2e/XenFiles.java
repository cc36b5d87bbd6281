package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What Xen boots with, made from Debian packages on first use (e2e-tests/xen/build-xen.sh).
 *
 * @param directory of the hypervisor, dom0's kernel, initrd and root disk
 * @param guest of the guest's kernel, initrd and disk of tools
 */
record XenFiles(Path directory, Path guest) {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);
    private static final Path SCRIPTS = Host.ROOT.resolve("e2e-tests");

    static XenFiles get(XenVersion version) throws IOException, InterruptedException {
        Path guest = Host.ROOT.resolve("target/guest").toAbsolutePath();
        Host.run(BUILD_LIMIT, SCRIPTS + "/guest/build-guest.sh", "--tools", "--elf", guest.toString());
        Path directory = Host.ROOT.resolve("target/xen").resolve(version.toString()).toAbsolutePath();
        Host.run(BUILD_LIMIT, SCRIPTS + "/xen/build-xen.sh", version.toString(), directory.toString());
        return new XenFiles(directory, guest);
    }

    /** Makes the disk with what this tree has built, which dom0 mounts at /isthmus. */
    Path payload(Path image) throws IOException, InterruptedException {
        Host.run(SCRIPTS + "/xen/make-payload.sh", image.toString(), guest.toString());
        return image;
    }

    String hypervisor() {
        return directory.resolve("xen").toString();
    }

    String dom0Kernel() {
        return directory.resolve("vmlinux").toString();
    }

    String dom0Initrd() {
        return directory.resolve("initrd.img").toString();
    }

    String dom0Disk() {
        return directory.resolve("dom0.img").toString();
    }

    String guestTools() {
        return guest.resolve("tools.img").toString();
    }
}
