package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A back-end that is killed under load and started again costs the guest a pause and nothing else. */
@Tag("recovery")
class KillIT {

    private static final long SEED = 1;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} kills, {1}, direct {2}")
    @CsvSource({"8, epoll, false", "7, io_uring, true"})
    void guestSeesOnlyAPause(int times, String transport, boolean direct) throws Exception {
        run(times, SEED, transport, file(direct), Host.log("kill-report"));
    }

    @Test
    @Tag("soak")
    void guestSeesOnlyPausesForALongTime() throws Exception {
        run(Integer.getInteger("isthmus.kill.times", 200), Long.getLong("isthmus.kill.seed", SEED),
                System.getProperty("isthmus.kill.transport", "auto"),
                System.getProperty("isthmus.kill.store", "file").equals("rocksdb")
                        ? volume()
                        : file(System.getProperty("isthmus.kill.direct", "off").equals("on")),
                Host.ROOT.resolve("target/soak/kill.txt"));
    }

    private Disk file(boolean direct) throws IOException {
        return Disk.of("killed", directory, Images.sparse(directory.resolve("disk.img"), KillGuest.DISK_BYTES))
                .withDirect(direct);
    }

    private Disk volume() throws IOException, InterruptedException {
        return KillGuest.volume("killed", directory);
    }

    private void run(int times, long seed, String transport, Disk disk, Path report) throws Exception {
        KillRig.run(times, seed, disk.withQueues(2), List.of("--transport=" + transport), directory, report);
    }
}
