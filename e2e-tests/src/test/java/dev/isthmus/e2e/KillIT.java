package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A back-end that is killed under load and started again costs the guest a pause and nothing else. */
@Tag("recovery")
class KillIT {

    private static final int KILLS = 5;
    private static final long SEED = 1;

    /** Writes, flushes and reads back what it wrote, until it is told to stop; any error or wrong byte ends it. */
    private static final String LOAD = """
            (until test -e /tmp/stop; do
              fio --name=verified --filename=/dev/vda --rw=randwrite --bsrange=4k-64k --size=32M --ioengine=libaio \
                  --direct=1 --iodepth=16 --fsync=16 --verify=crc32c --verify_fatal=1 --verify_backlog=64 \
                  > /tmp/fio 2>&1 || break
            done
            test -e /tmp/stop && echo ok > /tmp/load || cp /tmp/fio /tmp/load) &
            """;

    @TempDir
    private Path directory;

    @Test
    void guestSeesOnlyAPause() throws Exception {
        var random = new SplittableRandom(SEED);
        Disk disk = Disk.of("killed", directory, Images.sparse(directory.resolve("disk.img"), 64 * Images.MEBIBYTE))
                .withQueues(2);
        BackendProcess backend = BackendProcess.serve("killed", disk);
        try (Guest guest = Guest.named("killed", directory).vcpus(2).disk(disk).boot()) {
            guest.sh(LOAD);
            for (int i = 0; i < KILLS; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2000 + random.nextInt(2000)));
                backend.close(); // SIGKILL
                backend = BackendProcess.serve("killed", disk);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            assertThat(guest.sh("touch /tmp/stop; until test -s /tmp/load; do sleep 0.1; done; cat /tmp/load",
                    Duration.ofSeconds(120))).isEqualToIgnoringWhitespace("ok");
        } finally {
            backend.close();
        }
    }
}
