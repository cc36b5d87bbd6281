package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory is plugged in while requests are in flight, and then requests come out of it. */
class MemoryHotplugIT {

    private static final int PLUGGED_MEBIBYTES = 256;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    /** Random reads and writes, each block read back and compared: so many times, from that mebibyte on. */
    private static final String LOAD = "fio --name=load --filename=/dev/vda --direct=1 --ioengine=libaio --iodepth=8"
            + " --rw=randrw --bsrange=4k-64k --size=24M --verify=crc32c --verify_fatal=1 --loops=%d --offset=%dM";

    private static final String NEW_PAGES_ARE_NEW_MEMORY = """
            free_pages() { awk '/zone *Movable/ { new = 1 } new && /pages free/ { print $3; exit }' /proc/zoneinfo; }
            before=$(free_pages)
            dd if=/dev/zero of=/tmp/pages bs=1M count=32 2> /dev/null
            test $((before - $(free_pages))) -gt 7000
            rm /tmp/pages
            """;

    @TempDir
    private Path directory;

    @Test
    void servesMemoryThatIsPluggedInUnderLoad() throws Exception {
        Path image = Images.sparse(directory.resolve("disk.img"), 128 * Images.MEBIBYTE);
        Disk disk = Disk.of("hotplug", directory, image).withQueues(2);
        try (BackendProcess backend = BackendProcess.serve("hotplug", disk);
                Guest guest = Guest.named("hotplug", directory).vcpus(2).disk(disk).boot()) {
            guest.sh("""
                    (status=0
                    until test -e /tmp/stop; do %s > /tmp/load 2>&1 || { status=$?; break; }; done
                    echo $status > /tmp/load.status) &
                    """.formatted(LOAD.formatted(4, 0)));
            guest.sh("while ! test -s /sys/block/vda/stat || test $(awk '{print $5}' /sys/block/vda/stat) -lt 100;"
                    + " do sleep 0.1; done");

            HotplugMemory.plug(guest, PLUGGED_MEBIBYTES);
            guest.sh(NEW_PAGES_ARE_NEW_MEMORY);
            assertThat(guest.sh("test ! -e /tmp/load.status && echo runs")).as("the load").isEqualTo("runs");
            guest.sh(LOAD.formatted(1, 64), LIMIT);
            assertThat(guest.sh(
                    "touch /tmp/stop; until test -s /tmp/load.status; do sleep 0.1; done; cat /tmp/load.status", LIMIT))
                    .as("fio's status; it wrote %s", guest.sh("cat /tmp/load")).isEqualTo("0");
            assertThat(backend.isAlive()).isTrue();
        }
    }
}
