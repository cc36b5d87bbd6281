package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a guest wrote to ext4 on a disk of ours, as it reached the device below, and what the guest knew to be durable
 * at which moment of it.
 *
 * @param store what lies between the disk and the device
 * @param heard the records of {@link Records}, each with the length of the log when the guest said it was durable
 */
record Recording(WriteLog log, CutStore store, List<RecordLog.Heard> heard) {

    static final long DISK_BYTES = 128 * Images.MEBIBYTE;

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(60);
    private static final Duration FINISH = Duration.ofSeconds(120);
    private static final int RECORDS_MIN = 2 * Records.SLOTS;

    private static final String MAKE_FILE_SYSTEM = """
            mkfs.ext4 -q -F /dev/vda
            mount -t ext4 /dev/vda /mnt
            mkdir /mnt/new /mnt/names
            """;

    /** A record is written to a file of its own and in place; both are durable before it is told. */
    private static final String STORE = "dd of=/mnt/new/$n bs=4096 count=1 iflag=fullblock conv=fsync"
            + " && printf %s \"$text\" | dd of=/mnt/records bs=4096 count=1 seek=$seek iflag=fullblock"
            + " conv=notrunc,fsync";

    /** Others write meanwhile: data with few flushes or none, and names that come, change and go. */
    private static final String LOAD = """
            (fio --rw=randwrite --time_based --runtime=%d --size=16M \
                --name=flushed --filename=/mnt/flushed --bsrange=4k-64k --ioengine=psync --fsync=32 --rate=2m \
                --name=direct --filename=/mnt/direct --bs=4k --ioengine=libaio --direct=1 --iodepth=8 --rate_iops=500 \
                > /tmp/fio 2>&1 \
                || echo "failed fio: $(tail -n 5 /tmp/fio | tr '\\n' ' ')" >&4
            touch /tmp/load.done) &
            (i=0
            until test -e /tmp/load.done; do
              i=$((i + 1))
              mkdir /mnt/names/$((i %% 50)) && mv /mnt/names/$((i %% 50)) /mnt/names/moved-$((i %% 70)) 2> /dev/null
              rm -rf /mnt/names/moved-$((i %% 30))
            done) 2> /dev/null &
            """;

    /**
     * Lets a guest write for some time.
     *
     * @param directory a new one, in memory
     */
    static Recording make(int seconds, CutStore store, List<String> options, Path directory) throws Exception {
        Files.createDirectories(directory);
        try (LoggedDevice device = LoggedDevice.ofBytes(store.deviceBytes(), directory)) {
            List<RecordLog.Heard> heard;
            try (CutStore.Ground ground = store.prepare(device.device(), directory)) {
                heard = write(seconds, ground.disk(), options, device, directory);
            }
            return new Recording(device.end(), store, heard);
        }
    }

    private static List<RecordLog.Heard> write(int seconds, Disk disk, List<String> options, LoggedDevice device,
            Path directory) throws Exception {
        try (RecordLog records = RecordLog.listen(directory.resolve("records.sock"), device::loggedBytes);
                BackendProcess _ = BackendProcess.serve("powercut", options, disk);
                Guest guest = Guest.named("powercut", directory).vcpus(2).disk(disk).port(Records.PORT, records.path())
                        .boot()) {
            try {
                guest.sh(MAKE_FILE_SYSTEM + Records.start(STORE, 0) + LOAD.formatted(seconds));
                records.await(RECORDS_MIN, SIGN_OF_LIFE);
                guest.sh("until test -e /tmp/load.done; do sleep 0.1; done\n" + Records.STOP + "sync",
                        FINISH.plusSeconds(seconds));
                records.assertNoFailure();
            } catch (AssertionError e) {
                throw guest.explained(e);
            }
            return records.all();
        }
    }

    /** The records the guest knew to be durable when so many entries had been logged. */
    List<RecordLog.Heard> heardBefore(int cut) {
        long position = log.position(cut);
        return heard.stream().filter(record -> record.position() <= position).toList();
    }

    /** Looks at the image of a disk whose power failed: replays the journal, and says what is wrong. */
    static List<String> problems(Path image, List<RecordLog.Heard> mustHave) throws IOException, InterruptedException {
        List<String> problems = new ArrayList<>();
        try {
            Path directory = image.resolveSibling(image.getFileName() + ".mounted");
            try (Mount mounted = Mount.at(directory, "-t", "ext4", "-o", "loop", image.toString())) {
                problems.addAll(missing(mounted.directory(), mustHave));
            }
            Images.assertCleanExt4(image);
        } catch (AssertionError e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private static List<String> missing(Path root, List<RecordLog.Heard> mustHave) throws IOException {
        List<String> missing = new ArrayList<>();
        Path records = root.resolve("records");
        byte[] region = Files.exists(records) ? Files.readAllBytes(records) : new byte[0];
        missing.addAll(Records.problems(Arrays.copyOf(region, Records.REGION_BYTES), RecordLog.newest(mustHave),
                false));
        for (RecordLog.Heard record : mustHave) {
            Path file = root.resolve("new").resolve(String.valueOf(record.number()));
            if (!Files.exists(file) || !Records.isWhole(Files.readAllBytes(file), record.number())) {
                missing.add("the file of record " + record.number() + " is not there or not whole");
            }
        }
        return missing;
    }
}
