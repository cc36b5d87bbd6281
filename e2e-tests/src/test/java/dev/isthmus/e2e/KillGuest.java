package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The guest of a {@link KillRig}: fio verifies on the first half of its disk, {@link Records} are on the second. */
final class KillGuest implements AutoCloseable {

    /** Longest wait for a sign of life of a guest; beyond, it hangs. */
    static final Duration HANGS = Duration.ofSeconds(60);

    private static final Duration FINISH = Duration.ofSeconds(180);

    private static final int LOAD_MEBIBYTES = 32;
    static final long RECORDS_OFFSET = LOAD_MEBIBYTES * Images.MEBIBYTE;
    static final long DISK_BYTES = 2 * RECORDS_OFFSET;
    private static final long FIRST_BLOCK = RECORDS_OFFSET / Records.BLOCK_BYTES;

    /** Writes, flushes and reads back what it wrote, until it is told to stop; any error or wrong byte ends it. */
    private static final String LOAD = """
            (until test -e /tmp/stop; do
              while test -e /tmp/load.pause; do sleep 0.05; done
              fio --name=verified --filename=/dev/vda --rw=randwrite --bsrange=4k-64k --size=%dM --ioengine=libaio \
                  --direct=1 --iodepth=16 --fsync=16 --loops=4 --verify=crc32c --verify_fatal=1 --verify_backlog=64 \
                  > /tmp/fio 2>&1 || { echo "failed fio: $(tail -n 5 /tmp/fio | tr '\\n' ' ')" >&4; break; }
            done
            echo ok > /tmp/load) &
            """.formatted(LOAD_MEBIBYTES);

    /** fio takes its time to start. Sectors written are field 7 (Linux, Documentation/block/stat.rst). */
    private static final String LOAD_RUNS =
            "until test $(awk '{ print $7 }' /sys/block/vda/stat) -gt 10000; do sleep 0.1; done\n";

    /** Nothing is in flight afterwards: the writers wait between two records, and fio does not get on. */
    private static final String BECOME_IDLE = Records.PAUSE + """
            touch /tmp/load.pause
            killall -STOP fio 2> /dev/null || true
            until grep -q '^ *0 *0$' /sys/block/vda/inflight; do sleep 0.05; done
            """;

    private static final String GO_ON = Records.RESUME + """
            rm /tmp/load.pause
            killall -CONT fio 2> /dev/null || true
            """;

    private static final String STOP = "touch /tmp/stop\n" + Records.STOP
            + "until test -e /tmp/load; do sleep 0.05; done\n";

    /** For a guest that hangs. */
    private static final String LOOK = """
            cat /sys/block/vda/inflight
            tail -n 2 /tmp/records
            ps -o pid,stat,args | grep -E 'fio|dd|sh' | head -n 20
            tail -n 5 /tmp/fio
            """;

    private final Guest guest;
    private final RecordLog records;
    private boolean idle;

    private KillGuest(Guest guest, RecordLog records) {
        this.guest = guest;
        this.records = records;
    }

    /** A volume for it, in a directory of its own. */
    static Disk volume(String name, Path directory) throws IOException, InterruptedException {
        Path volumes = Files.createDirectory(directory.resolve("volumes"));
        VolumeCommand.run(volumes, "create", "--size=" + DISK_BYTES, name);
        return Disk.ofVolume(name, volumes);
    }

    static KillGuest boot(List<String> qemu, Disk disk, Path directory) throws IOException, InterruptedException {
        RecordLog records = RecordLog.listen(directory.resolve("records.sock"), () -> 0);
        try {
            return new KillGuest(Guest.named(disk.name(), directory).qemu(qemu).vcpus(2).disk(disk).port(Records.PORT,
                    records.path()).boot(), records);
        } catch (IOException | InterruptedException | AssertionError e) {
            records.close();
            throw e;
        }
    }

    /** Begins to write; every slot has a record when this returns. */
    void start() throws IOException, InterruptedException {
        guest.sh(Records.start("/dev/vda", FIRST_BLOCK, "oflag=direct") + LOAD);
        guest.sh(LOAD_RUNS, FINISH);
        records.await(Records.SLOTS, HANGS);
    }

    /** Nothing is in flight when this returns. */
    void becomeIdle() throws IOException, InterruptedException {
        guest.sh(BECOME_IDLE, HANGS);
        idle = true;
    }

    boolean isIdle() {
        return idle;
    }

    void goOn() throws IOException, InterruptedException {
        guest.sh(GO_ON, HANGS);
        idle = false;
    }

    RecordLog records() {
        return records;
    }

    /** Ends all work, and lets the guest look at its records. */
    void finish() throws IOException, InterruptedException {
        guest.sh(STOP, FINISH);
        records.assertNoFailure();
        guest.sh(Records.compare("/dev/vda", FIRST_BLOCK, "iflag=direct"));
    }

    /** What can be had of a guest that may hang. */
    String look() throws IOException, InterruptedException {
        try {
            return guest.run(LOOK).output();
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
    }

    AssertionError explained(AssertionError e) throws IOException {
        return guest.explained(e);
    }

    @Override
    public void close() throws IOException {
        try (records; guest) {
            // The guest first.
        }
    }
}
