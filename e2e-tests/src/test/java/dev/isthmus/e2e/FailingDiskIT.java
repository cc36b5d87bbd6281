package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disks of the host fail under a guest: one hangs for a minute, in the kernel and for real; meanwhile another runs
 * full and is freed again, and a third is cut off and restored. What waited is done afterwards; what found no room or
 * was cut off failed, and nothing else did.
 */
@Tag("recovery")
class FailingDiskIT {

    private static final long HANG_SECONDS = 60;
    private static final Duration FIO_LIMIT = Duration.ofSeconds(120);

    /** Writes, flushes and reads back what it wrote, until it is told to stop; any error or wrong byte ends it. */
    private static final String LOAD = """
            (until test -e /tmp/stop; do
              fio --rw=randwrite --bsrange=4k-64k --size=16M --ioengine=libaio --direct=1 --iodepth=16 --fsync=16 \
                  --verify=crc32c --verify_fatal=1 --verify_backlog=64 --name=epoll --filename=/dev/vda \
                  --name=io_uring --filename=/dev/vdc > /tmp/fio 2>&1 || break
              echo . >> /tmp/rounds
            done
            test -e /tmp/stop && echo ok > /tmp/load || cp /tmp/fio /tmp/load) &
            """;

    /** Every block of the second disk, written and compared. */
    private static final String VERIFY_ALL = "fio --name=all --filename=/dev/vdb --rw=randwrite --bs=64k"
            + " --ioengine=libaio --direct=1 --iodepth=16 --end_fsync=1 --verify=crc32c --verify_fatal=1";

    @TempDir
    private Path directory;

    /** A process whose workers use io_uring has a disk on the file system that hangs, too. */
    @Test
    void hungDiskCostsAMinuteAndAFullOneWhatFindsNoRoom() throws Exception {
        try (FreezableDisk freezable = FreezableDisk.mount(directory.resolve("freezable"), 128 * Images.MEBIBYTE);
                Mount small = Mount.at(directory.resolve("small"), "-t", "tmpfs", "-o", size(24), "isthmus-e2e")) {
            Disk hangs = disk("hangs", freezable.directory(), 32);
            Disk full = disk("full", small.directory(), 48);
            Disk ring = disk("ring", freezable.directory(), 32);
            Disk cut = disk("cut", directory, 32);
            try (BackendProcess backend = BackendProcess.serve("failing", List.of("--transport=epoll"), hangs, full,
                    cut);
                    BackendProcess other = BackendProcess.serve("failing-io-uring", List.of("--transport=io_uring"),
                            ring);
                    Guest guest = Guest.named("failing", directory).vcpus(2).disk(hangs).disk(full).disk(ring)
                            .disk(cut).boot()) {
                guest.sh(LOAD);
                guest.sh("until test -s /tmp/rounds; do sleep 0.1; done", FIO_LIMIT);
                try (FreezableDisk.Hang _ = freezable.hang()) {
                    long begin = System.nanoTime();
                    runFullAndHaveRoomAgain(guest, backend, small);
                    cutOffAndRestore(guest, backend, cut);
                    untilNanos(begin + TimeUnit.SECONDS.toNanos(HANG_SECONDS));
                    expectStalled(backend, "hangs");
                    expectStalled(other, "ring");
                    assertThat(backend.management().metric("isthmus_device_healthy{device=\"full\"}")).isEqualTo(1);
                }
                // More than the rest of the round that hung.
                guest.sh("n=$(wc -l < /tmp/rounds); until test $(wc -l < /tmp/rounds) -gt $((n + 1)); do sleep 0.1;"
                        + " done; touch /tmp/stop; until test -s /tmp/load; do sleep 0.1; done", FIO_LIMIT);
                assertThat(guest.sh("cat /tmp/load")).isEqualTo("ok");
                expectWentOn(backend, "hangs");
                expectWentOn(other, "ring");
                assertThat(guest.sh("dmesg | grep -c 'I/O error, dev vd[ac]' || true")).isEqualTo("0");
            }
        }
    }

    private Disk disk(String name, Path where, long mebibytes) throws Exception {
        return Disk.of(name, directory, Images.sparse(where.resolve(name + ".img"), mebibytes * Images.MEBIBYTE));
    }

    private static void expectStalled(BackendProcess backend, String disk) throws Exception {
        assertThat(backend.management().get("/devices/" + disk)).contains(
                "Queue 0 of " + disk + ": a request has been in flight for");
        assertThat(backend.management().metric("isthmus_vring_stalled{device=\"" + disk + "\",queue=\"0\"}"))
                .isEqualTo(1);
    }

    /** And everybody was told once that it hangs and once that it does not any more. */
    private static void expectWentOn(BackendProcess backend, String disk) throws Exception {
        assertThat(backend.management().get("/devices/" + disk)).contains("\"problems\":[]");
        assertThat(linesWith(backend, disk + " ring 0: a request has been in flight")).isOne();
        assertThat(linesWith(backend, disk + " ring 0: goes on")).isOne();
    }

    /** All of it while the first disk hangs, so the neighbour is served. */
    private static String size(int mebibytes) {
        return "size=" + mebibytes + "m";
    }

    private static void runFullAndHaveRoomAgain(Guest guest, BackendProcess backend, Mount small)
            throws Exception {
        guest.sh("""
                dd if=/dev/urandom of=/tmp/kept bs=1M count=8 iflag=fullblock 2> /dev/null
                dd if=/tmp/kept of=/dev/vdb bs=1M oflag=direct 2> /dev/null
                """);
        assertThat(guest.run("dd if=/dev/zero of=/dev/vdb bs=1M seek=8 count=40 oflag=direct").exitStatus())
                .as("there is room for 24 MiB").isNotZero();
        assertThat(backend.management().get("/devices/full")).contains("The storage is full");
        assertThat(backend.management().metric("isthmus_blk_store_full{device=\"full\"}")).isEqualTo(1);
        guest.sh("""
                dd if=/dev/vdb bs=1M count=8 iflag=direct 2> /dev/null | cmp - /tmp/kept
                dd if=/tmp/kept of=/dev/vdb bs=1M conv=fsync 2> /dev/null
                rm /tmp/kept
                """); // what has its room is read and written

        small.remount(size(64));

        guest.sh(VERIFY_ALL, FIO_LIMIT);
        untilNoProblem(backend, "full");
        assertThat(linesWith(backend, "WRITE failed: No space left on device")).isOne();
        assertThat(linesWith(backend, "no WRITE lacks space any more")).isOne();
    }

    private static long linesWith(BackendProcess backend, String text) throws Exception {
        return backend.log().lines().filter(line -> line.contains(text)).count();
    }

    /** The second half goes; what is in the first stays, and neither is ever read as zeroes. */
    private static void cutOffAndRestore(Guest guest, BackendProcess backend, Disk cut) throws Exception {
        long whole = Files.size(cut.image());
        guest.sh("yes isthmus | head -c 33554432 > /tmp/text; dd if=/tmp/text of=/dev/vdd bs=1M oflag=direct conv=fsync"
                + " 2> /dev/null");

        Images.resize(cut.image(), whole / 2);

        untilManagementSays(backend, "cut", "was cut off");
        assertThat(backend.management().metric("isthmus_blk_store_missing_bytes{device=\"cut\"}")).isEqualTo(whole
                / 2.0);
        guest.sh("dd if=/dev/vdd bs=1M count=16 iflag=direct 2> /dev/null | cmp -n 16777216 - /tmp/text");
        assertThat(guest.run("dd if=/dev/vdd of=/dev/null bs=1M skip=16 count=1 iflag=direct").exitStatus())
                .as("a read behind the end").isNotZero();
        assertThat(guest.run("dd if=/dev/zero of=/dev/vdd bs=1M seek=31 count=1 oflag=direct").exitStatus())
                .as("a write behind the end").isNotZero();
        assertThat(Files.size(cut.image())).as("made no longer by what failed").isEqualTo(whole / 2);

        backend.resize(cut, whole);

        untilNoProblem(backend, "cut");
        guest.sh("dd if=/tmp/text of=/dev/vdd bs=1M oflag=direct conv=fsync 2> /dev/null;"
                + " dd if=/dev/vdd bs=1M iflag=direct 2> /dev/null | cmp - /tmp/text; rm /tmp/text");
        assertThat(linesWith(backend, "was cut off at")).isOne();
        assertThat(linesWith(backend, "is used up to its end again")).isOne();
    }

    private static void untilNoProblem(BackendProcess backend, String disk) throws Exception {
        untilManagementSays(backend, disk, "\"problems\":[]");
    }

    private static void untilManagementSays(BackendProcess backend, String disk, String text) throws Exception {
        long begin = System.nanoTime();
        while (!backend.management().get("/devices/" + disk).contains(text)) {
            assertThat(System.nanoTime() - begin).as("nanoseconds until " + disk + " says " + text)
                    .isLessThan(TimeUnit.SECONDS.toNanos(30));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private static void untilNanos(long then) {
        while (then - System.nanoTime() > 0) {
            LockSupport.parkNanos(then - System.nanoTime());
        }
    }
}
