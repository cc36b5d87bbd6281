package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Stock guests of real Xen use disks of the block back-end, beside others of the kernel's blkback. Xen runs on an
 * emulated CPU; all tests share one boot and the processes in dom0, and the guests of one test are gone after it.
 */
@Tag("xen")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XenIT {

    private static final XenVersion VERSION = XenVersion.of(System.getProperty("isthmus.xen.version", "4.17"));

    private static final Duration SLOW = Duration.ofSeconds(180);

    /** A disk that dom0's kernel serves, of a loop device over a file in memory: as fast a thing as ours has. */
    private static final XenDisk LOOP = XenDisk.blkback("xvdc", "/dev/loop0");

    private static final String COMMAND = "/isthmus/bin/isthmus-xen ";

    @TempDir
    private static Path directory;

    private static XenHost host;
    private static XenServices services;

    @BeforeAll
    static void boot() throws Exception {
        host = XenHost.boot("xen", VERSION, directory);
        host.sh("truncate -s 256M /dev/shm/loop.img; losetup /dev/loop0 /dev/shm/loop.img");
        services = XenServices.start(host, 4);
    }

    @AfterAll
    static void end() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    private static XenDisk disk(String device, int number) {
        return VERSION == XenVersion.V4_17
                ? XenDisk.bridge(device, XenServices.socket(number))
                : XenDisk.bridgeTap(device, XenServices.socket(number));
    }

    private static long allocatedKilobytes(int number) throws Exception {
        return Long.parseLong(host.sh("stat -c %b " + XenServices.image(number))) / 2;
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void holdsWhatAGuestWrote(XenGuest.Kind kind) throws Exception {
        XenDisk second = disk("xvdb", 1);
        try (XenGuest guest = XenGuest.create(host, kind, "files", disk("xvda", 0), second, LOOP)) {
            for (String device : new String[] {"xvda", "xvdc"}) {
                guest.sh(Scripts.makeFileSystem(device) + Scripts.WRITE_RANDOM_FILE + Scripts.COMPARE_RANDOM_FILE,
                        SLOW);
                if (device.equals("xvda")) {
                    assertThat(allocatedKilobytes(0)).isGreaterThan(64 << 10);
                    guest.sh("rm /mnt/random; sync; fstrim /mnt", SLOW);
                    assertThat(allocatedKilobytes(0)).as("after fstrim").isLessThan(32 << 10);
                }
                guest.sh("umount /mnt; fsck.ext4 -fn /dev/" + device, SLOW);
            }
            guest.sh("dd if=/dev/urandom of=/tmp/second bs=1M count=8; dd if=/tmp/second of=/dev/xvdb bs=1M; sync");
            guest.detach(second);
            guest.attach(second);
            guest.sh("head -c 8388608 /dev/xvdb | cmp - /tmp/second");
        }
    }

    @Test
    @Order(2)
    void isMeasuredBesideBlkback() throws Exception {
        try (XenGuest guest = XenGuest.create(host, XenGuest.Kind.PV, "speed", disk("xvda", 0), LOOP)) {
            XenComparison.run(host, guest, "xvda", LOOP.device()).write("Xen " + VERSION);
        }
    }

    @Test
    @Order(3)
    void isOnlyAPauseWhenAProcessIsKilled() throws Exception {
        XenDisk second = disk("xvdb", 3);
        try (XenGuest one = XenGuest.create(host, XenGuest.Kind.PV, "one", disk("xvda", 0), second);
                XenGuest two = XenGuest.create(host, XenGuest.Kind.PVH, "two", disk("xvda", 2))) {
            VerifiedLoad load = VerifiedLoad.start(one, "xvda");
            VerifiedLoad other = VerifiedLoad.start(two, "xvda");
            services.killBackend();
            load.goesOn();
            other.goesOn();
            services.killBridge(host);
            load.goesOn();
            other.goesOn();
            one.detach(second);
            one.attach(second);
            load.goesOn();
            one.destroy();
            other.goesOn();
            other.stop();
            load = VerifiedLoad.start(two, "xvda");
            load.stop();
        }
    }

    @Test
    @Order(4)
    void staysWithAGuestThatIsSavedBootsAgainAndCrashes() throws Exception {
        try (XenGuest guest = XenGuest.create(host, XenGuest.Kind.PV, "life", disk("xvda", 0))) {
            guest.sh(Scripts.makeFileSystem("xvda") + Scripts.WRITE_RANDOM_FILE, SLOW);
            guest.saveAndRestore();
            guest.sh(Scripts.COMPARE_RANDOM_FILE + "umount /mnt", SLOW);
            guest.reboot();
            guest.sh("mount -t ext4 /dev/xvda /mnt\n" + Scripts.COMPARE_RANDOM_FILE, SLOW);
            guest.crash();
        }
    }

    @Test
    @Order(5)
    void disksOfItsOwnCommandComeAndGo() throws Exception {
        try (XenGuest guest = XenGuest.create(host, XenGuest.Kind.PV, "own", LOOP)) {
            host.sh(COMMAND + "attach own --vdev=xvdb --wait=60 --socket=" + XenServices.socket(1), SLOW);
            guest.sh("until test -b /dev/xvdb; do sleep 0.1; done; head -c 8388608 /dev/urandom > /tmp/own");
            guest.sh("dd if=/tmp/own of=/dev/xvdb bs=1M; sync; echo 3 > /proc/sys/vm/drop_caches");
            guest.sh("head -c 8388608 /dev/xvdb | cmp - /tmp/own");
            assertThat(host.sh(COMMAND + "list", SLOW)).containsPattern("xvdb +isthmus +connected +connected");
            host.sh(COMMAND + "detach own --vdev=xvdb --wait=60", SLOW);
            guest.sh("while test -b /dev/xvdb; do sleep 0.1; done");
            assertThat(host.sh(COMMAND + "list", SLOW)).doesNotContain("isthmus ");
        }
    }

    @Test
    @Order(6)
    void leavesNothingOfGuestsThatAreGone() throws Exception {
        XenResources left = XenResources.of(host);
        assertThat(left.grants()).as("grants that are mapped, by domain").isEmpty();
        assertThat(left.channels()).as("event channels of dom0, by domain").isEmpty();
    }
}
